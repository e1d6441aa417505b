"""What can be asked of a phantom B-scan, and the names of what is in it."""

from __future__ import annotations

from dataclasses import dataclass

from glaucam.errors import InputError

OCT_CLASSES = ("NORMAL", "CNV", "DME", "DRUSEN")
LAYERS = (
    "vitreous",
    "rnfl",
    "gcl",
    "ipl",
    "inl",
    "opl",
    "onl",
    "photoreceptors",
    "subretinal",
    "rpe",
    "sub_rpe",
    "choroid",
    "sclera",
)
LAYER = {name: number for number, name in enumerate(LAYERS)}  # as in a phantom's label map
OUTSIDE = 255  # in the label map: what the scanner did not see
OCT_STRUCTURES = ("lesion", "cyst", "retina", "fovea", "field", *LAYERS)


@dataclass(frozen=True)
class OctParameters:
    """``size`` in px; ``severity`` scales how high and how many lesions are, 1 as in clinics."""

    size: int = 256
    severity: float = 1.0

    def __post_init__(self) -> None:
        if not (isinstance(self.size, int) and 32 <= self.size <= 1024):
            raise InputError(f"phantom size {self.size!r}; expected 32 to 1024 px")
        if not 0 <= self.severity <= 2:
            raise InputError(f"phantom severity {self.severity!r}; expected 0 to 2")


@dataclass(frozen=True)
class OctVolumeParameters(OctParameters):
    """Also ``slices``: how many B-scans a volume has, evenly over its height."""

    slices: int = 19

    def __post_init__(self) -> None:
        super().__post_init__()
        if not (isinstance(self.slices, int) and 3 <= self.slices <= 128):
            raise InputError(f"{self.slices!r} slices; expected 3 to 128 per volume")
