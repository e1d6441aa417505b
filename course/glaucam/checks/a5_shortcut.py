"""Error tables in which an attribute of the images decides the predictions, or none does.

A draw is kept only when it is clear: what was planted separates the called within each true class
far beyond chance, and everything else stays within chance there by every common measure.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from glaucam.checks.a5_situation import Situation

N, BESIDE, DRAWS = 240, 20, 400
# least AUROC, correlation, and correlation after a split at the median, of what was planted
CLEAR, CORRELATED, SPLIT = 0.85, 0.45, 0.42
CHANCE = 0.2  # least p of everything else
KINDS: dict[str, Callable[[np.ndarray], Any]] = {  # a standard normal → the attribute
    "camera_hue": lambda z: 18 + 5 * z,  # degrees
    "field_of_view": lambda z: 45 + 2.5 * z,  # degrees
    "brightness": lambda z: 112 + 21 * z,  # of 255
    "jpeg_quality": lambda z: np.clip(82 + 5 * z, 60, 99).astype(int),
    "vignette_radius": lambda z: 0.93 + 0.02 * z,  # of the field
    "sharpness": lambda z: np.exp(3 + 0.5 * z),
    "file_size": lambda z: (1e5 * np.exp(0.4 * z)).astype(int),  # bytes
    "laterality": lambda z: np.where(z > 0, "R", "L"),
    "camera": lambda z: np.where(z > 0, "Topcon", "Canon"),
    "corner_marker": lambda z: z > 0,
    "border": lambda z: np.where(z > 0, "round", "cut"),
}
YES_OR_NO = ("laterality", "camera", "corner_marker", "border")


@dataclass(frozen=True)
class Plan:
    """``skill``: how much the model follows the truth. ``planted``, ``direction``: the attribute
    it follows besides, or None. ``decoy``: goes with the true class, unused. ``in_order``: whether
    the attributes stand in the order of the table. ``shadowed``: whether, over both true classes
    together, the decoy goes with the calls more than what was planted.
    """

    title: str
    skill: float
    planted: str | None
    decoy: str
    others: tuple[str, ...]
    direction: int = 1
    in_order: bool = False
    shadowed: bool = False


@dataclass(frozen=True)
class Shortcut:
    """An error table, attributes by image name, and the plan that they follow."""

    plan: Plan
    table: pd.DataFrame
    attributes: pd.DataFrame


def plans(rng: np.random.Generator) -> list[Plan]:
    """Four plans with an attribute planted and two without, of names and directions drawn."""
    metric = [str(name) for name in rng.permutation([k for k in KINDS if k not in YES_OR_NO])]
    either = [str(name) for name in rng.permutation(YES_OR_NO)]
    a, b, c, d, e, f, g = metric
    w, x, y, z = either
    return [
        Plan("a table with a shortcut", 1.0, a, b, (w, c, d), 1, in_order=True),
        Plan("a table whose shortcut pushes towards normal", 1.0, b, c, (x, d, a), -1),
        Plan("a shortcut that is yes or no", 1.5, y, e, (z, f, b), int(rng.choice([-1, 1]))),
        Plan("a good model with a shortcut", 2.2, g, w, (c, a, x), shadowed=True),
        Plan("a good model without a shortcut", 1.6, None, d, (e, y, g)),
        Plan("a poor model without a shortcut", 0.8, None, z, (a, f, e)),
    ]


def shortcuts(seed: int) -> list[Shortcut]:
    """A case for each plan of ``seed``."""
    rng = np.random.default_rng([seed, 5])
    return [draw_shortcut(rng, plan) for plan in plans(rng)]


def draw_shortcut(rng: np.random.Generator, plan: Plan) -> Shortcut:
    """Draw until the plan shows clearly."""
    for _ in range(DRAWS):
        y = rng.permutation(np.repeat([0, 1], N // 2))
        z = rng.normal(size=N)
        pull = np.sign(z) if plan.planted in YES_OR_NO else z
        push = 0.0 if plan.planted is None else 2.0 * plan.direction * pull
        score = plan.skill * (2 * y - 1) + push + rng.normal(0, 0.5 if plan.planted else 1.3, N)
        made = situation(rng, plan.title, y, score)
        columns = {} if plan.planted is None else {plan.planted: KINDS[plan.planted](z)}
        if all(separates(v, made) for v in columns.values()) and enough(made):
            for name in (plan.decoy, *plan.others):
                columns[name] = unused(rng, name, made, name == plan.decoy)
            if told_apart(columns, plan, made):
                return Shortcut(plan, made.table, laid_out(rng, plan, made.names, columns))
    raise RuntimeError(f"no clear draw of {plan}")


def situation(rng: np.random.Generator, title: str, y: np.ndarray, score: np.ndarray) -> Situation:
    """A model of that score, with heat of little meaning."""
    numbers = rng.choice(9000, N, replace=False) + 1000
    heat = rng.random((N, 4, 4), dtype=np.float32)
    heat[rng.random(N) < 0.05] = 0
    mask = np.zeros((N, 4, 4), bool)
    mask[:, 1:3, 1:3] = True
    p = 1 / (1 + np.exp(-score))
    return Situation(title, [f"eye_{i}.png" for i in numbers], y, p, heat, mask, 0.5)


def enough(made: Situation) -> bool:
    """Whether each true class has at least ten images of either call."""
    counts = [np.bincount(made.called[made.y_true == y], minlength=2).min() for y in (0, 1)]
    return min(counts) >= 10


def told_apart(columns: dict[str, np.ndarray], plan: Plan, made: Situation) -> bool:
    """Whether known mistakes show: who takes the strongest where there is none does not hit the
    decoy, and in a shadowed plan who forgets the true class does.
    """
    decoy = columns[plan.decoy]
    if plan.planted is None:
        return strongest(columns, made) != plan.decoy
    return not plan.shadowed or pooled(columns[plan.planted], made) < pooled(decoy, made) - 0.03


def strongest(columns: dict[str, np.ndarray], made: Situation) -> str:
    """The attribute that, by its weaker class, separates the calls most."""

    def apart(name: str) -> float:
        return min(abs(auroc(x, c) - 0.5) for x, c, _ in within(columns[name], made))

    return max(columns, key=apart)


def separates(values: np.ndarray, made: Situation) -> bool:
    """Whether the called of either true class differ clearly in ``values``."""
    return all(
        abs(auroc(x, c) - 0.5) > CLEAR - 0.5
        and abs(np.corrcoef(x, c)[0, 1]) > CORRELATED
        and abs(np.corrcoef(split(x), c)[0, 1]) > SPLIT
        for x, c, _ in within(values, made)
    )


def pooled(values: np.ndarray, made: Situation) -> float:
    """How far ``values`` separate the calls when the true class is forgotten."""
    return abs(auroc(as_numbers(values), made.called) - 0.5)


def unused(rng: np.random.Generator, name: str, made: Situation, decoy: bool) -> np.ndarray:
    """An attribute that, given the true class, the model's calls do not depend on."""
    for _ in range(DRAWS):
        z = rng.normal(size=N) + (2.0 * (2 * made.y_true - 1) if decoy else 0)
        values = KINDS[name](z / np.hypot(1, 2.0) if decoy else z)
        if all(by_chance(x, c, p) for x, c, p in within(values, made)):
            return values
    raise RuntimeError(f"no draw of {name} is unrelated to the calls")


def within(values: np.ndarray, made: Situation) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """(values as numbers, called, p) of each true class."""
    x = as_numbers(values)
    return [(x[made.y_true == y], made.called[made.y_true == y], made.p[made.y_true == y])
            for y in (0, 1)]  # fmt: skip


def as_numbers(values: np.ndarray) -> np.ndarray:
    """The values, words and yes or no as whole numbers."""
    return np.unique(values, return_inverse=True)[1] if values.dtype.kind in "UOb" else values


def auroc(x: np.ndarray, called: np.ndarray) -> float:
    """P(x of a called > x of an uncalled), ties half."""
    above = x[called][:, None] - x[~called][None, :]
    return float((above > 0).mean() + 0.5 * (above == 0).mean())


def split(x: np.ndarray) -> np.ndarray:
    """bool [n]: above the median, or the higher of two values."""
    return x > np.median(x) if len(np.unique(x)) > 2 else x > x.min()


def by_chance(x: np.ndarray, called: np.ndarray, p: np.ndarray) -> bool:
    """Whether no common test finds ``x`` to go with the calls: ranks, means, median split, r.

    Of what is the same everywhere a correlation is not a number: that is no fair table.
    """
    if len(np.unique(x)) == 1:
        return False
    halves = split(x)
    found = [
        stats.mannwhitneyu(x[called], x[~called]).pvalue,
        stats.pearsonr(x, called).pvalue,
        stats.pearsonr(x, p).pvalue,
        stats.fisher_exact(pd.crosstab(halves, called).to_numpy()).pvalue if halves.any() else 1.0,
    ]
    return min(found) > CHANCE


def laid_out(
    rng: np.random.Generator, plan: Plan, names: list[str], columns: dict[str, np.ndarray]
) -> pd.DataFrame:
    """Attributes by image name, their columns in a drawn order; shuffled and with images beside
    those of the table, unless ``in_order``.
    """
    order = [str(name) for name in rng.permutation(sorted(columns))]
    frame = pd.DataFrame({name: columns[name] for name in order}, index=names)
    frame.index.name = "image"
    if plan.in_order:
        return frame
    beside = frame.sample(BESIDE, random_state=int(rng.integers(2**31)))
    beside.index = pd.Index([name.replace("eye_", "other_") for name in beside.index], name="image")
    return pd.concat([frame, beside]).sample(frac=1, random_state=int(rng.integers(2**31)))
