"""Student code runs here and nowhere else; see ../THREATS.md for what the walls are."""

from autograder.jail.kernel import (
    CallResult,
    CellError,
    CellResult,
    Jail,
    KernelLost,
)
from autograder.jail.limits import Limits

__all__ = ["CallResult", "CellError", "CellResult", "Jail", "KernelLost", "Limits"]
