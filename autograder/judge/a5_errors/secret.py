"""The secret inputs of a5: error tables to be made and summed up, shortcuts to be found."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import pandas as pd
from scipy import ndimage

from glaucam import explain
from glaucam.checks.a5_shortcut import Shortcut, shortcuts
from glaucam.checks.a5_situation import GROUPS, HIGH, LOW, Situation
from glaucam.checks.a5_summary import Summed
from glaucam.data import FundusParameters, PhantomFundus
from glaucam.training.embedded import embedded_model

N, SIZE = 44, (24, 32)
PHANTOMS = FundusParameters(size=128, view="crop", severity=1.2)
EYES = 16
THRESHOLDS = (0.35, 0.41, 0.62, 0.66)  # between .3 and .7, so that both ties of a band lie apart
SYLLABLES = ("ka", "lo", "mi", "ne", "ru", "ta", "vo", "shi", "zu", "pe", "gra", "tin", "bel")


@dataclass(frozen=True)
class Secret:
    """Situations for `error_table`, and a cold one, in which some maps hold no heat; tables with
    every group, and with empty or cold ones, for `group_summary`; tables and attributes for
    `find_shortcut`.
    """

    situations: list[Situation]
    cold: Situation
    full: list[Summed]
    hollow: list[Summed]
    shortcuts: list[Shortcut]


@lru_cache(maxsize=2)
def secret(seed: int) -> Secret:
    """Everything the judge keeps to itself, from the run's seed alone."""
    rng = np.random.default_rng([seed, 0])
    drawn = drawn_situation(rng)
    eyes = phantom_situation(rng)
    one_sided = drawn.drawn(rng.permutation(quiet(drawn)), "a table without positives")
    cold = chilled(rng, drawn)
    return Secret(
        [drawn, eyes, one_sided],
        cold,
        [Summed("a table with all four groups", shuffled(rng, cold.table))],
        hollow_tables(rng, cold),
        shortcuts(seed),
    )


def drawn_situation(rng: np.random.Generator) -> Situation:
    """Ties at the threshold and at both bands, sure and unsure images, heat beside the disc."""
    t = float(rng.choice(THRESHOLDS))
    between = (t + 0.5) / 2  # decided otherwise by a threshold of .5
    ties = np.repeat([t, HIGH, LOW, 1 - HIGH, 1 - LOW, 1.0, 0.0, between], 2)
    ties[6:8], ties[8:10] = 0.1, 0.3  # 1 − p is then .9 and .7 to the last bit
    p = np.concatenate([ties, away_from(rng, np.array([t, 0.5, 0.1, 0.3, LOW, HIGH]))])
    y = np.concatenate([np.tile([0, 1], 8), (p[16:] + rng.normal(0, 0.35, N - 16) > 0.5)])
    heat, masks = drawn_heat(rng), drawn_masks(rng)
    heat[7][masks[7]] = 0  # heat, but none of it on the disc
    order = rng.permutation(N)
    names = drawn_names(rng, N)
    arrays = (y.astype(np.int64), p, heat, masks)
    return Situation("a drawn table", names, *(a[order] for a in arrays), t)


def chilled(rng: np.random.Generator, made: Situation) -> Situation:
    """The same with maps that hold no heat at all, one or two in each group."""
    groups = made.table["group"].to_numpy()
    heat = made.heatmaps.copy()
    for group in GROUPS:
        rows = np.flatnonzero(groups == group)
        heat[rng.choice(rows, min(2, len(rows) - 1), replace=False)] = 0
    return replace(made, title="a table in which some maps have no heat", heatmaps=heat)


def away_from(rng: np.random.Generator, edges: np.ndarray) -> np.ndarray:
    """[N − 16] probabilities at least .01 from every edge."""
    p = rng.random(20 * N)
    return p[(np.abs(p[:, None] - edges) > 0.01).all(axis=1)][: N - 16]


def drawn_heat(rng: np.random.Generator) -> np.ndarray:
    """float32 [N,H,W] in [0,1]: smooth heat, zero over half of the image, as after a ReLU; every
    third map is warm everywhere, as where all evidence is for the class.
    """
    heat = ndimage.gaussian_filter(rng.normal(size=(N, *SIZE)), (0, 4, 4))
    heat[::3] -= 1.3 * heat[::3].min(axis=(1, 2), keepdims=True)
    heat = np.maximum(heat, 0)
    return (heat / heat.max(axis=(1, 2), keepdims=True)).astype(np.float32)


def drawn_masks(rng: np.random.Generator) -> np.ndarray:
    """bool [N,H,W]: discs of very unequal size and place."""
    rows, columns = np.mgrid[: SIZE[0], : SIZE[1]]
    centre = rng.uniform((7, 9), (17, 23), (N, 2))[:, :, None, None]
    radius = rng.uniform(2.5, 9, N)[:, None, None]
    tall = rng.uniform(0.8, 1.3, N)[:, None, None]
    apart = ((rows - centre[:, 0]) / tall) ** 2 + (columns - centre[:, 1]) ** 2
    return apart <= radius**2


def drawn_names(rng: np.random.Generator, n: int) -> list[str]:
    """Different file names in no order."""
    words = ["".join(rng.choice(SYLLABLES, 2)) for _ in range(n)]
    numbers = rng.choice(900, n, replace=False) + 100
    return [f"{word}_{number}.png" for word, number in zip(words, numbers, strict=True)]


def phantom_situation(rng: np.random.Generator) -> Situation:
    """The course's own network on eyes nobody has seen: heat of the predicted class, a tie at the
    threshold.
    """
    checkpoint = embedded_model()
    eyes = PhantomFundus(EYES, int(rng.integers(2**31)), PHANTOMS)
    photos = [eyes[i].image for i in range(EYES)]
    frame = checkpoint.preprocessing
    explained = explain(checkpoint.model, frame.batch(photos))
    p = explained.probabilities[:, 1].double().numpy()
    threshold = float(np.sort(p)[EYES // 2])
    both = np.stack([explained.heatmaps[c].values.numpy() for c in (0, 1)])  # [2,N,H,W]
    heat = both[(p >= threshold).astype(int), np.arange(EYES)]
    masks = np.stack([frame.frame_mask(eyes.masks(i)["disc"], eyes.image(i)) for i in range(EYES)])
    names = drawn_names(rng, EYES)
    title = "a table of phantom eyes"
    made = Situation(title, names, eyes.labels, p, heat, masks, threshold)
    return made.drawn(np.flatnonzero(made.heat > 0), title)


def quiet(made: Situation) -> np.ndarray:
    """Images that were called normal: no TP, no FP among them."""
    return np.flatnonzero(~made.called)


def hollow_tables(rng: np.random.Generator, made: Situation) -> list[Summed]:
    """A table without one kind of error, one of a single group, one with a group without heat."""
    table, cold = made.table, made.table.copy()
    cold.loc[cold["group"] == rng.choice(["TP", "FP"]), ["disc_share", "disc_lift"]] = np.nan
    without, alone = rng.choice(["FP", "FN"]), rng.choice(["TP", "TN"])
    return [
        Summed(f"a table without {without}", shuffled(rng, table[table["group"] != without])),
        Summed(f"a table of {alone} alone", shuffled(rng, table[table["group"] == alone])),
        Summed("a table with a group that has no heat", shuffled(rng, cold)),
    ]


def shuffled(rng: np.random.Generator, table: pd.DataFrame) -> pd.DataFrame:
    """The rows in another order, the index mixed along."""
    return table.iloc[rng.permutation(len(table))]
