"""A known mistake in words, for the checks in the notebook and for the judge alike."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Misconception:
    """``shows``: what the result follows. ``tempting``: why. ``section`` of the notebook, by its
    heading. ``remedy``: what to do instead, for the check in the notebook.
    """

    shows: str
    tempting: str
    section: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.shows} {self.tempting} See the section “{self.section}”."
