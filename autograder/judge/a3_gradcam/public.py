"""A picture on a public eye: what the student's code gives, what it should give, the difference.

The eye is a phantom and the network the one that every student has, so nothing secret is shown.
"""

from __future__ import annotations

import io
from functools import lru_cache

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from autograder.jail.kernel import KernelLost
from autograder.judge.a3_gradcam.cases import Case
from autograder.judge.a3_gradcam.formulas import CONTRAST, RIGHT, Target
from autograder.judge.bench import Bench, Fault
from glaucam.data import open_data
from glaucam.models.target_layer import resolve_target_layer
from glaucam.plots.overlay import overlay
from glaucam.training.embedded import embedded_model

EYE = 0
# Places by hand: to find them, a layout engine draws everything twice.
PLACED = {"left": 0.01, "right": 0.95, "bottom": 0.04, "top": 0.9, "width_ratios": [4, 5, 5]}
TARGETS: dict[str, tuple[str, Target]] = {
    "gradcam.values": ("heatmaps", 1),
    "contrast.values": ("contrast", CONTRAST),
}


@lru_cache(maxsize=2)
def public_case(target: Target) -> tuple[Case, np.ndarray]:
    """The course's own network on one phantom disc, and the picture of it, uint8 [H,W,3]."""
    checkpoint = embedded_model()
    image = open_data("phantom_disc", n=EYE + 1, seed=7).image(EYE)
    batch = checkpoint.preprocessing.batch([image])
    weights = {f"net/{k}": v.numpy() for k, v in checkpoint.model.state_dict().items()}
    layer = resolve_target_layer(checkpoint.model, batch)
    case = Case({"family": "retinal_cnn"}, weights, layer, batch.numpy(), target)
    return case, checkpoint.preprocessing.frame(image)


def illustrate(id: str, bench: Bench) -> bytes | None:
    """PNG of yours, expected and difference for a check on maps; None where none can be drawn."""
    if id not in TARGETS:
        return None
    probe, target = TARGETS[id]
    case, picture = public_case(target)
    try:
        result = bench.call(probe, case.args(calls=[[[0], target]]), case.arrays)
    except (Fault, KernelLost):
        return None  # the verdict already says what was raised
    yours = result.arrays.get("0")
    expected = next(RIGHT.maps(case.evidence)).numpy()
    if yours is None or yours.shape != expected.shape or not np.isfinite(yours).all():
        return None
    return draw(picture, yours[0], expected[0])


def draw(picture: np.ndarray, yours: np.ndarray, expected: np.ndarray) -> bytes:
    """Three panels on the same eye; heat outside [0,1] is shown as its end of the scale."""
    figure = Figure(figsize=(9, 3.2))
    FigureCanvasAgg(figure)
    left, middle, right = figure.subplots(1, 3, gridspec_kw=PLACED)
    left.imshow(overlay(picture, np.clip(yours, 0, 1).astype(np.float32)))
    left.set_title("yours, on a public phantom")
    middle.imshow(overlay(picture, expected))
    middle.set_title("expected")
    figure.colorbar(ScalarMappable(Normalize(0, 1), "viridis"), ax=middle, label="heat", shrink=0.8)
    shown = right.imshow(yours - expected, cmap="RdBu_r", vmin=-1, vmax=1)
    right.set_title("yours − expected")
    figure.colorbar(shown, ax=right, shrink=0.8)
    for axes in (left, middle, right):
        axes.set_axis_off()
    data = io.BytesIO()
    figure.savefig(data, format="png", dpi=80)
    return data.getvalue()
