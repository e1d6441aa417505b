"""What can go wrong with grading itself, beside wrong input."""

from glaucam.errors import GlaucamError


class Unfinished(GlaucamError):
    """The run stopped before its end, and not by a fault of its input: run it again to go on."""
