"""The item analysis as one picture: outcomes of each check, and its discrimination."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from matplotlib.figure import Figure

from autograder.judge.check import OUTCOMES
from autograder.term.items import Item

COLOURS = ("#0b6e75", "#e0a93b", "#a3341f", "#9aa0a6")  # told apart in grey and by the colour-blind
WEAK = 0.2  # below this a check hardly tells the strong from the weak


def draw_items(items: Sequence[Item], path: Path) -> None:
    """Left, the share of each outcome; right, discrimination, with a line at .2."""
    figure = Figure(figsize=(9, 0.9 + 0.32 * len(items)), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True, width_ratios=(3, 2))
    _outcomes(left, items)
    known = [(at, item.discrimination) for at, item in enumerate(items)]
    known = [(at, value) for at, value in known if value is not None]
    right.scatter([v for _, v in known], [at for at, _ in known], color=COLOURS[0], zorder=2)
    right.axvline(0, color="black", linewidth=0.8)
    right.axvline(WEAK, color="black", linewidth=0.8, linestyle=":")
    right.set(xlim=(-1.05, 1.05), xlabel="discrimination (point-biserial, rest score)")
    right.grid(axis="y", color="#dddddd")
    left.invert_yaxis()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=150, metadata={"Software": None})


def _outcomes(axes, items: Sequence[Item]) -> None:
    start = [0.0] * len(items)
    for outcome, colour in zip(OUTCOMES, COLOURS, strict=True):
        width = [item.outcomes[outcome] / max(1, sum(item.outcomes.values())) for item in items]
        axes.barh(range(len(items)), width, left=start, color=colour, label=outcome)
        start = [a + b for a, b in zip(start, width, strict=True)]
    axes.set_yticks(range(len(items)), [item.check for item in items])
    axes.set(xlim=(0, 1), xlabel="share of submissions")
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=4, frameon=False, fontsize=8)
