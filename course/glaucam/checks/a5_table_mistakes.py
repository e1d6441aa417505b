"""What the columns of an error table look like under each known mistake: (its name, the column)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from glaucam.checks.a5_situation import (
    BANDS,
    Situation,
    band_of,
    bands_of,
    class_names,
    groups_of,
)

OTHER_EDGES = (
    (1 / 3, 2 / 3), (2 / 3, 5 / 6), (0.5, 0.75), (0.5, 0.8), (0.5, 0.9), (0.6, 0.8), (0.6, 0.9),
    (0.7, 0.8), (0.8, 0.9), (0.75, 0.9), (0.7, 0.95), (0.4, 0.7), (0.3, 0.7), (0.1, 0.9),
)  # fmt: skip
WrongWords = list[tuple[str, Sequence[str | None]]]
WrongNumbers = list[tuple[str, np.ndarray]]


def true_mistakes(asked: Situation) -> WrongWords:
    return [
        ("true-and-predicted-swapped", class_names(asked.called)),
        ("positive-class-inverted", class_names(asked.y_true == 0)),
    ]


def decision_mistakes(asked: Situation) -> WrongWords:
    """`predicted`: another comparison, another threshold, another class."""
    p, t = asked.p, asked.threshold
    return [
        ("threshold-not-included", class_names(p > t)),
        ("positive-class-inverted", class_names(p < t)),
        ("positive-class-inverted", class_names(p <= t)),
        ("threshold-ignored", class_names(p >= 0.5)),
        ("threshold-ignored", class_names(p > 0.5)),
        ("threshold-ignored", class_names(p < 0.5)),
        ("predicted-copied", class_names(asked.y_true == 1)),
    ]


def group_mistakes(asked: Situation) -> WrongWords:
    """`group`: letters exchanged."""
    right = groups_of(asked.y_true == 1, asked.called)
    return [
        ("fp-fn-swapped", exchanged(right, FP="FN", FN="FP")),
        ("tp-tn-swapped", exchanged(right, TP="TN", TN="TP")),
        ("normal-as-positive", exchanged(right, TP="TN", TN="TP", FP="FN", FN="FP")),
        ("groups-merged", exchanged(right, FN="FP")),
        ("groups-merged", exchanged(right, FP="FN")),
        ("groups-merged", exchanged(right, TN="TP")),
        ("groups-merged", exchanged(right, TN="TP", FN="FP")),
        ("groups-merged", exchanged(right, TN="TP", FP="FN")),
    ]


def exchanged(words: Sequence[str], **to: str) -> list[str]:
    return [to.get(word, word) for word in words]


def confidence_mistakes(asked: Situation) -> WrongNumbers:
    """`confidence`: another probability."""
    p, right = asked.p, asked.confidence
    return [
        ("confidence-is-p-glaucoma", p),
        ("confidence-is-maximum", np.maximum(p, 1 - p)),
        ("confidence-of-other-class", 1 - right),
        ("p-is-not-glaucoma", 1 - p),
        ("confidence-of-true-class", np.where(asked.y_true == 1, p, 1 - p)),
        ("confidence-is-distance", np.abs(p - 0.5)),
        ("confidence-is-distance", 2 * np.abs(p - 0.5)),
        ("confidence-is-distance", np.abs(p - asked.threshold)),
        ("confidence-is-distance", p - asked.threshold),
    ]


def band_mistakes(asked: Situation) -> WrongWords:
    """`band`: an edge on the wrong side, another column, another cut."""
    c = asked.confidence
    right = bands_of(c)
    return [
        ("band-edge-high", [*map(edge_high, c)]),
        ("band-edge-low", [*map(edge_low, c)]),
        ("band-edge-high", [band_of(x, np.greater) for x in c]),
        ("band-top-left-out", [None if x >= 1 else band for x, band in zip(c, right, strict=True)]),
        ("band-of-p-glaucoma", bands_of(asked.p)),
        ("bands-reversed", exchanged(right, high="low", low="high")),
        ("bands-by-quantile", by_quantile(c)),
        *(("other-band-edges", cut(c, *edges)) for edges in OTHER_EDGES),
    ]


def edge_high(confidence: float) -> str:
    return "middle" if confidence == 0.9 else band_of(confidence)


def edge_low(confidence: float) -> str:
    return "low" if confidence == 0.7 else band_of(confidence)


def cut(confidence: np.ndarray, low: float, high: float) -> list[str]:
    return [BANDS[int(x >= low) + int(x >= high)] for x in confidence]


def by_quantile(confidence: np.ndarray) -> list[str]:
    """Three groups of equal size."""
    edges = np.quantile(confidence, (1 / 3, 2 / 3))
    return [BANDS[int(i)] for i in np.searchsorted(edges, confidence)]


def p_mistakes(asked: Situation) -> WrongNumbers:
    return [("p-is-not-glaucoma", 1 - asked.p), ("percent", 100 * asked.p)]


def share_mistakes(asked: Situation) -> WrongNumbers:
    """`disc_share`: other sums, other masks."""
    H, M = asked.heatmaps.astype(np.float64), asked.masks
    size, inside = M[0].size, (H * M).sum(axis=(1, 2))
    warm, above = H > 0, H - H.min(axis=(1, 2), keepdims=True)
    return [
        ("lift-for-share", asked.lift),
        ("share-of-the-disc", inside / M.sum(axis=(1, 2))),
        ("share-of-all-pixels", inside / size),
        ("share-outside", 1 - asked.share),
        ("heat-stretched", parts(above * M, above)),
        ("share-counts-pixels", parts(warm & M, warm)),
        ("share-counts-pixels", parts((H > 0.5) & M, H > 0.5)),
        ("share-counts-pixels", parts((H >= 0.5) & M, H >= 0.5)),
        ("share-counts-pixels", parts(warm & M, M)),
        *(("mask-of-another-image", share) for share in other_masks(H, M)),
    ]


def other_masks(H: np.ndarray, M: np.ndarray) -> list[np.ndarray]:
    """Shares with one image's mask, the mean or union of all, and masks in another order."""
    masks = [M[:1], M[-1:], M.mean(axis=0, keepdims=True), M.any(axis=0, keepdims=True)]
    masks += [M[::-1], np.roll(M, 1, axis=0), np.roll(M, -1, axis=0)]
    masks.append(M.mean(axis=0, keepdims=True) > 0.5)
    return [parts(H * mask, H) for mask in masks]


def parts(inside: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Σ inside ÷ Σ whole for each image; NaN where the whole is nothing."""
    below = whole.sum(axis=(1, 2)).astype(np.float64)
    above = inside.sum(axis=(1, 2))
    return np.divide(above, below, out=np.full(len(below), np.nan), where=below > 0)


def lift_mistakes(asked: Situation, share: np.ndarray) -> WrongNumbers:
    """`disc_lift`, where the share is ``share``: not divided, or by something else."""
    area, M = asked.area, asked.masks
    with np.errstate(divide="ignore", invalid="ignore"):
        lift = share / area
        return [
            ("share-for-lift", share),
            ("lift-times-area", share * area),
            ("lift-upside-down", 1 / lift),
            ("area-in-pixels", share / M.sum(axis=(1, 2))),
            ("area-of-another-mask", share / area.mean()),
            ("area-of-another-mask", share / area[0]),
            ("area-of-another-mask", share / area[-1]),
            ("area-of-another-mask", share / area[::-1]),
            ("area-of-another-mask", share / np.roll(area, 1)),
            ("area-of-another-mask", share / np.roll(area, -1)),
            ("area-of-another-mask", share / np.median(area)),
            ("inside-against-outside", lift * (1 - area) / (1 - share)),
            ("inside-against-outside", share / (1 - share)),
            ("lift-minus-one", lift - 1),
            ("lift-minus-one", np.log(lift)),
            ("lift-minus-one", np.log2(lift)),
            ("lift-minus-one", share - area),
        ]
