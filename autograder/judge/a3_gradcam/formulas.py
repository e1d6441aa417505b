"""Grad-CAM as it should be, and as students have written it: one table of formulas.

A formula is a view (which images, which layer), a raw map (which score, gradient, weighting) and a
finish (ReLU, scaling, enlarging). The judge computes them on secret cases and asks which one the
student's numbers follow. If it is the right one, the check is passed; if it is a known mistake, the
mistake has a name; whatever is checked later is checked by that same formula, so one mistake is
paid once.

Sources: Selvaraju et al. 2017 eq. 1 and 2 for the right one; the mistakes are those that circulate
in issue trackers, forums and course copies.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch

from autograder.judge.a3_gradcam.evidence import CONTRAST, Evidence, Target, gather
from autograder.judge.a3_gradcam.finishes import (
    CUBIC,
    Finish,
    bent,
    blurred,
    by_batch,
    by_batch_range,
    by_maximum,
    by_norm,
    by_sum,
    faded,
    finishes,
    flipped,
    keep_above,
    levels,
    relu,
    right,
    same,
    small,
    standard,
    summed,
    turned,
    unrectified,
    within_one,
)

TOLERANCE = 1e-3  # on heatmaps in [0,1]; float32 against float32 differs by some 1e-6
APART = 0.02  # on a secret case, a known mistake differs from the right map by this much somewhere


@dataclass(frozen=True)
class Formula:
    """A raw map and a finish under one name; ``id`` is "" for the right one.

    ``tolerance``: wider only for mistakes that round, and only once the right formula is ruled out.
    """

    id: str
    raw: str = "gradcam"
    finish: Finish = right
    view: str = ""
    tolerance: float = TOLERANCE
    any_size: bool = False

    def maps(self, evidence: Evidence) -> Iterator[torch.Tensor]:
        seen = evidence.seen(self.view)
        yield from self.finish(seen.raw(self.raw), seen.size)

    def explains(self, heat: np.ndarray, evidence: Evidence) -> bool:
        """Whether ``heat`` [N,H,W] is this formula's result, in one of its forms."""
        if self.any_size:  # a size of the student's choice: nothing to keep
            maps = self.maps(replace(evidence, size=heat.shape[1:]))
            return any(close(heat, m.numpy(), self.tolerance) for m in maps)
        return any(close(heat, form, self.tolerance) for form in self.forms(evidence))

    def forms(self, evidence: Evidence) -> list[np.ndarray]:
        """All accepted results [N,H,W], computed once: every submission is held against them."""
        key = (self, evidence.size)
        if key not in evidence.kept:
            evidence.kept[key] = [m.numpy() for m in self.maps(evidence)]
        return evidence.kept[key]

    def stands_off(self, forms: Sequence[np.ndarray], evidence: Evidence) -> bool:
        """Whether the first form of this one is clearly none of ``forms``, the right ones."""
        mine = next(self.maps(evidence)).numpy()
        by = APART if self.tolerance == TOLERANCE else 2 * TOLERANCE
        return not any(close(mine, form, by) for form in forms)


def close(heat: np.ndarray, expected: np.ndarray, tolerance: float = TOLERANCE) -> bool:
    return heat.shape == expected.shape and bool(np.abs(heat - expected).max() <= tolerance)


RIGHT = Formula("")


WEIGHTINGS = {
    "softmax-score": ("softmax", "log_softmax", "predicted_softmax"),
    "loss-gradient": ("loss", "predicted_loss"),
    "classes-summed": ("summed", "pair"),
    "predicted-class": ("predicted",),
    "wrong-class": ("other", "previous", "first", "second", "last", "least"),
    "against-the-rest": ("rest", "rest_summed", "ends"),
    "score-turned-round": ("magnitude",),
    "max-pooled-gradients": ("max_pooled", "min_pooled"),
    "gradient-times-activation": ("elementwise", "relu_elementwise"),
    "another-method": ("layer_cam", "plus_plus", "xgrad"),
    "relu-on-weights": ("relu_weights", "relu_channels"),
    "relu-on-gradients": ("relu_gradients", "guided_gradients"),
    "absolute-gradients": (
        "absolute_gradients",
        "absolute_weights",
        "absolute_channels",
        "squared_gradients",
    ),
    "absolute-map": ("absolute",),
    "negated-map": ("negated",),
    "activations-only": ("activations", "activation_peak", "activation_strength"),
    "gradients-only": ("gradient_only", "gradient_magnitude", "gradient_peak"),
    "accumulator-ones": ("from_ones", "mean_from_ones", "sum_from_ones"),
    "wrong-mean-axes": ("over_channels", "over_everything", "over_rows", "over_columns"),
    "overwritten-in-place": ("overwritten",),
    "channel-as-class": (
        "own_channel",
        "own_weighted_channel",
        "first_channel",
        "first_weighted_channel",
        "last_channel",
    ),
    "strongest-channel": ("strongest_channel",),
}

FINISHES: tuple[tuple[str, Finish], ...] = (
    ("no-relu", unrectified),
    ("not-normalised", finishes(scales=(same, by_sum, by_norm, standard))),
    ("not-normalised", summed(same)),
    ("not-normalised", summed(within_one)),
    ("inverted-map", bent(lambda m: 1 - m)),
    ("scaled-to-255", bent(lambda m: 255 * m)),
    ("squashed-map", finishes(same, (torch.sigmoid, torch.tanh))),
    ("squashed-map", finishes(relu, (torch.sigmoid, torch.tanh))),
    *(
        ("squashed-map", summed(squash, rectify))
        for squash in (torch.sigmoid, torch.tanh)
        for rectify in (relu, same)
    ),
    ("bent-map", bent(torch.square)),
    ("bent-map", bent(torch.sqrt)),
    ("thresholded-map", bent(torch.floor)),
    *(
        ("thresholded-map", bent(keep_above(share, lit)))
        for share in (0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7)
        for lit in (False, True)
    ),
    ("nearest-upsampling", finishes(modes=("nearest",))),
    ("bicubic-upsampling", finishes(modes=CUBIC)),
    ("bicubic-upsampling", bent(within_one, CUBIC)),
    ("not-upsampled", small),
    ("swapped-axes", turned),
    ("flipped-map", flipped),
)

EPS = (1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7)

ROUNDED = (
    Formula("uint8-truncation", finish=levels, tolerance=0.0045),
    Formula("scaled-to-255", finish=bent(lambda m: (255 * m).floor()), tolerance=1.001),
)

VIEWED = (
    Formula("colour-channels-swapped", view="swapped_colours"),
    Formula("preprocessed-again", view="standardised_twice"),
    Formula("preprocessed-again", view="stretched"),
    Formula("preprocessed-again", view="over_255"),
    Formula("preprocessed-again", view="resized"),
    Formula("another-layer", view="last_conv"),
)

# The finishes stand first: stretching a map without a ReLU hides what was added to all of it.
MISTAKES = (
    *(Formula(id, finish=finish) for id, finish in FINISHES),
    *(Formula(id, raw) for id, raws in WEIGHTINGS.items() for raw in raws),
    *VIEWED,
    *ROUNDED,
)
# Right but for a size of its own, or for a constant beside the divisor that is too large for some
# maps only: these need no case that tells them apart, other checks ask for them on purpose.
AT_TIMES = (
    Formula("fixed-size", any_size=True),
    Formula("smoothed-map", finish=blurred),
    *(Formula("absolute-eps", finish=finishes(scales=(faded(eps),))) for eps in EPS),
)
# Two at once: a wrong weighting whose map also lacks the ReLU. The weighting gives the name.
DOUBLE = tuple(Formula(id, raw, unrectified) for id, raws in WEIGHTINGS.items() for raw in raws)

IN_A_BATCH = (
    Formula("batch-normalised", finish=finishes(scales=(by_batch, by_batch_range))),
    Formula("batch-normalised", finish=finishes(same, (by_batch, by_batch_range))),
    Formula("batch-averaged-gradients", "batch_averaged"),
)


def tells_apart(evidence: Sequence[Evidence]) -> bool:
    """Whether in one of the cases each known mistake differs from the right formula.

    Weightings must differ from each other too, so that each is called by its own name.
    """
    forms = [[m.numpy() for m in RIGHT.maps(e)] for e in evidence]
    return _by_name(evidence) and all(
        any(mistake.stands_off(f, e) for f, e in zip(forms, evidence, strict=True))
        for mistake in MISTAKES
    )


def _by_name(evidence: Sequence[Evidence]) -> bool:
    """Whether no two weightings of different names give the same maps in all cases."""
    names = [id for id, raws in WEIGHTINGS.items() for _ in raws]
    raws = [raw for group in WEIGHTINGS.values() for raw in group]
    scaled = [
        torch.stack([by_maximum(relu(e.raw(raw))).flatten() for raw in raws]) for e in evidence
    ]
    apart = torch.cat(scaled, 1)
    distance = torch.cdist(apart, apart, p=float("inf"))
    same = torch.tensor([[a == b for b in names] for a in names])
    return bool((distance[~same] > APART).all())


@dataclass(frozen=True)
class OneOf:
    """Several known mistakes that all explain what was seen; the first gives the name."""

    formulas: tuple[Formula, ...]

    @property
    def id(self) -> str:
        return self.formulas[0].id

    def maps(self, evidence: Evidence) -> Iterator[torch.Tensor]:
        for formula in self.formulas:
            yield from formula.maps(evidence)

    def explains(self, heat: np.ndarray, evidence: Evidence) -> bool:
        return any(formula.explains(heat, evidence) for formula in self.formulas)


def diagnose(
    cases: Sequence[tuple[np.ndarray, Evidence]],
    formulas: Sequence[Formula] = (*MISTAKES, *AT_TIMES, *DOUBLE),
) -> Formula | OneOf | None:
    """The right formula, or the known mistakes that explain every case, or None."""

    def fits(formula: Formula) -> bool:
        return all(formula.explains(heat, evidence) for heat, evidence in cases)

    if fits(RIGHT):
        return RIGHT
    found = tuple(formula for formula in formulas if fits(formula))
    return OneOf(found) if found else None


__all__ = [
    "AT_TIMES",
    "CONTRAST",
    "DOUBLE",
    "IN_A_BATCH",
    "MISTAKES",
    "RIGHT",
    "Evidence",
    "Formula",
    "OneOf",
    "Target",
    "close",
    "diagnose",
    "gather",
    "tells_apart",
]
