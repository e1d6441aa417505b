"""The judge of a3_gradcam: target layer, Grad-CAM, contrast map, overlay."""

from pathlib import Path

from autograder.judge.a3_gradcam import (  # noqa: F401  (they file their checks)
    contrast_checks,
    heatmap_checks,
    overlay_checks,
)
from autograder.judge.a3_gradcam.checks import CHECKS
from autograder.judge.a3_gradcam.jail import WARM, WITHHELD
from autograder.judge.a3_gradcam.public import illustrate
from autograder.judge.a3_gradcam.recognise import recogniser
from autograder.judge.a3_gradcam.secret import secret
from autograder.judge.assignment import Assignment

HERE = Path(__file__).parent
ASSIGNMENT = Assignment(
    id="a3_gradcam",
    names={
        "find_target_layer": "target_layer",
        "GradCAM": "gradcam",
        "contrast_heatmap": "contrast",
        "overlay": "overlay",
    },
    checks=CHECKS,
    warm=WARM,
    probes=(HERE / "nets.py").read_text() + (HERE / "probes.py").read_text(),
    secret=secret,
    recognise=recogniser(WITHHELD),
    withheld=WITHHELD,
    illustrate=illustrate,
)
