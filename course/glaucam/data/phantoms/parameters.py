"""What can be asked of a fundus phantom."""

from __future__ import annotations

from dataclasses import dataclass

from glaucam.errors import InputError

VIEWS = ("macula", "disc", "crop")
CLASSES = ("normal", "glaucoma")
STRUCTURES = ("disc", "cup", "rim", "vessel", "fovea", "field")


@dataclass(frozen=True)
class FundusParameters:
    """``size`` in px; ``view`` macula-centred, disc-centred, disc crop, or mixed.

    ``severity`` scales how far glaucoma moves the vertical cup-to-disc ratio (vCDR): at 1, vCDR
    alone separates the classes at AUROC ≈ .92. ``prevalence`` is the share of patients with
    glaucoma.
    """

    size: int = 256
    view: str = "mixed"
    severity: float = 1.0
    prevalence: float = 0.5

    def __post_init__(self) -> None:
        if not (isinstance(self.size, int) and 32 <= self.size <= 2048):
            raise InputError(f"phantom size {self.size!r}; expected 32 to 2048 px")
        if self.view not in (*VIEWS, "mixed"):
            raise InputError(
                f"phantom view {self.view!r}; expected one of {', '.join(VIEWS)} or mixed"
            )
        if not 0 <= self.severity <= 2:
            raise InputError(f"phantom severity {self.severity!r}; expected 0 to 2")
        if not 0 <= self.prevalence <= 1:
            raise InputError(f"phantom prevalence {self.prevalence!r}; expected 0 to 1")
