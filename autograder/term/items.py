"""How each check worked in a class: who passed it, whether it tells the strong from the weak.

Discrimination is the point-biserial correlation of passing a check (0 or 1) with the rest score,
the points of all *other* checks, so that a check is not correlated with itself.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from autograder.judge.check import NOT_CHECKABLE, OUTCOMES, PASSED
from autograder.tables import csv_text
from autograder.term.graded import Graded, Row

UNREADABLE = "unreadable"
COLUMNS = [
    *("check", "n", "pass_rate", "mean_share", "discrimination", "seconds"),
    *("passed", "partial", "failed", "not_checkable", "misconceptions"),
]


@dataclass(frozen=True)
class Item:
    """One check over a class. ``mean_share``: of its points, in [0,1].

    ``discrimination``: in [-1,1], or None where everybody passed, nobody did, or all else is equal.
    ``seconds``: the median time of the check, None where no times were kept.
    """

    check: str
    n: int
    pass_rate: float | None
    mean_share: float | None
    discrimination: float | None
    seconds: float | None
    outcomes: dict[str, int]
    misconceptions: dict[str, int]

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def item_analysis(graded: Graded, seconds: Mapping[str, list[float]] | None = None) -> list[Item]:
    """An item per check. Submissions that could not be read say nothing about checks: left out.

    ``seconds``: check id → its times. Outcomes that were the grader's fault count in no rate.
    """
    unread = {row.student for row in graded.rows if row.misconception == UNREADABLE}
    rows = [row for row in graded.rows if row.student not in unread]
    totals: Counter[str] = Counter()
    for row in rows:
        totals[row.student] += row.points  # type: ignore[assignment]  # a Counter adds floats too
    seconds = seconds or {}
    return [
        _item(check, [r for r in rows if r.check == check], totals, seconds.get(check, []))
        for check in graded.checks
    ]


def _item(check: str, rows: list[Row], totals: Mapping[str, float], times: list[float]) -> Item:
    judged = [row for row in rows if row.outcome != NOT_CHECKABLE]
    passed = np.array([row.outcome == PASSED for row in judged], float)
    rest = np.array([totals[row.student] - row.points for row in judged])
    named = Counter(row.misconception for row in judged if row.misconception)
    return Item(
        check,
        len(judged),
        _mean(passed),
        _mean([row.points / row.most for row in judged]),
        point_biserial(passed, rest),
        _rounded(float(np.median(times))) if times else None,
        {outcome: sum(row.outcome == outcome for row in rows) for outcome in OUTCOMES},
        dict(sorted(named.items(), key=lambda pair: (-pair[1], pair[0]))),
    )


def point_biserial(passed: np.ndarray, rest: np.ndarray) -> float | None:
    """(M₁ − M₀)/s · √(p(1−p)), s the standard deviation of all rest scores (n in the divisor)."""
    spread = float(np.std(rest)) if len(rest) else 0.0
    share = float(np.mean(passed)) if len(passed) else 0.0
    if spread < 1e-9 or share in (0.0, 1.0):
        return None
    gap = float(rest[passed == 1].mean() - rest[passed == 0].mean())
    return _rounded(gap / spread * math.sqrt(share * (1 - share)))


def _mean(values: Iterable[float]) -> float | None:
    values = list(values)
    return _rounded(sum(values) / len(values)) if values else None


def _rounded(value: float) -> float:
    return round(value, 4)


def misconceptions(items: Iterable[Item]) -> dict[str, int]:
    """Name of a mistake → in how many checks of all students it was found, the commonest first."""
    found: Counter[str] = Counter()
    for item in items:
        found.update(item.misconceptions)
    return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))


def as_csv(items: Iterable[Item]) -> str:
    return csv_text(COLUMNS, (_cells(item) for item in items))


def _cells(item: Item) -> list[str]:
    numbers = (item.n, item.pass_rate, item.mean_share, item.discrimination, item.seconds)
    named = "; ".join(f"{name} {n}" for name, n in item.misconceptions.items())
    return [
        item.check,
        *("" if number is None else f"{number:g}" for number in numbers),
        *(str(n) for n in item.outcomes.values()),
        named,
    ]


def in_words(items: Iterable[Item]) -> str:
    """A table for people; under it the commonest mistakes."""
    items = list(items)
    width = max(len(item.check) for item in items)
    lines = [f"{'check':{width}}    n  passed  share  discrimination  seconds"]
    for item in items:
        shown = [_shown(x) for x in (item.pass_rate, item.mean_share)]
        lines.append(
            f"{item.check:{width}}  {item.n:3}  {shown[0]:>6}  {shown[1]:>5}  "
            f"{_shown(item.discrimination):>14}  {_seconds(item.seconds):>7}"
        )
    named = list(misconceptions(items).items())[:10]
    return "\n".join([*lines, *(f"{n:4} × {name}" for name, n in named)])


def _seconds(value: float | None) -> str:
    return "–" if value is None else f"{value:.2g}"


def _shown(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
