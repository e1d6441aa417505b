"""What a5's jail does not hold, and how its exceptions are read."""

from __future__ import annotations

from autograder.judge.recognise import recogniser_of
from glaucam.checks.a5_misconceptions import MISCONCEPTIONS, mistake_behind

WITHHELD = frozenset(
    {
        "glaucam.checks",
        "glaucam.explanation",
        "glaucam.metrics",
        "glaucam.plots",
        "glaucam.training",
    }
)
RECOGNISE = recogniser_of(WITHHELD, MISCONCEPTIONS, mistake_behind)
