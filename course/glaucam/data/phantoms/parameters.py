"""What can be asked of a fundus phantom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from glaucam.data.phantoms.ranges import CLINICS, LESSONS, Ranges
from glaucam.errors import InputError, UnknownName
from glaucam.registry import unknown

VIEWS = ("macula", "disc", "crop", "close")
VIEW_SHARES = {"crop": 0.5, "disc": 0.35, "macula": 0.15}  # of a mix
CLASSES = ("normal", "glaucoma")
STRUCTURES = ("disc", "cup", "rim", "vessel", "fovea", "field")  # every phantom has these masks
SHORTCUTS = (
    "corner_marker",
    "camera_hue",
    "vignette_radius",
    "field_size",
    "laterality",
    "brightness",
    "jpeg_quality",
)


@dataclass(frozen=True)
class FundusParameters:
    """``size`` in px; ``view`` macula-centred, disc-centred, disc crop, close crop, or a mix of the
    first three. A crop shows the disc at any size, a close one as a grader cuts it.

    ``severity`` scales what glaucoma changes: at 1, the vertical cup-to-disc ratio (vCDR) alone
    separates the classes at AUROC ≈ .9. ``prevalence`` is the share of patients with glaucoma.
    ``shortcut`` plants one of SHORTCUTS, which then goes with the label in ``agreement`` of the
    eyes: 1 always, .5 by chance, 0 the other way round. Give each split its own agreement by
    drawing it as a data set of its own.

    ``wide``: anatomy, colour and exposure as clinics send them, for networks that shall read real
    photos; else as the lessons need them, with less that distracts from the cup.

    ``visits``: 1, or 2, where each eye is photographed again later, by another camera and with
    another framing; glaucoma has gone on meanwhile.
    """

    views: ClassVar[tuple[str, ...]] = VIEWS
    mix: ClassVar[Mapping[str, float]] = VIEW_SHARES

    size: int = 256
    view: str = "mixed"
    severity: float = 1.0
    prevalence: float = 0.5
    shortcut: str | None = None
    agreement: float = 0.95
    visits: int = 1
    wide: bool = False

    def __post_init__(self) -> None:
        if not (isinstance(self.size, int) and 32 <= self.size <= 2048):
            raise InputError(f"phantom size {self.size!r}; expected 32 to 2048 px")
        if self.view not in (*self.views, "mixed"):
            raise InputError(
                f"phantom view {self.view!r}; expected one of {', '.join(self.views)} or mixed"
            )
        if not 0 <= self.severity <= 2:
            raise InputError(f"phantom severity {self.severity!r}; expected 0 to 2")
        if not 0 <= self.prevalence <= 1:
            raise InputError(f"phantom prevalence {self.prevalence!r}; expected 0 to 1")
        if self.shortcut is not None and self.shortcut not in SHORTCUTS:
            raise UnknownName(unknown("shortcut", self.shortcut, list(SHORTCUTS)))
        if not 0 <= self.agreement <= 1:
            raise InputError(f"shortcut agreement {self.agreement!r}; expected 0 to 1")
        if not (isinstance(self.visits, int) and 1 <= self.visits <= 2):
            raise InputError(f"phantom visits {self.visits!r}; expected 1 or 2")

    @property
    def ranges(self) -> Ranges:
        """How widely anatomy and camera vary."""
        return CLINICS if self.wide else LESSONS
