"""What stands around a3's kernels, known before anything of the judge is imported."""

from pathlib import Path

WITHHELD = frozenset(
    {
        "captum",
        "pytorch_grad_cam",
        "torchcam",
        "glaucam.methods",
        "glaucam.plots",
        "glaucam.checks",
        "glaucam.explanation",
        "glaucam.models.axes",
        "glaucam.models.layout",
        "glaucam.models.target_layer",
        "glaucam.models.token_layer",
        "glaucam.models.trace",
    }
)

WARM = Path(__file__).with_name("nets.py").read_text() + "FAMILIES = make_families()\n"
