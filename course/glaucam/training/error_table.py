"""The error table: one row per image, what was said of it, how surely, and where the heat lay.

The heat is always that of the *predicted* class: it is the answer that has to be explained, and
for a wrong answer the map of the true class would show why the model did not give it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import torch
from torch import nn
from tqdm import tqdm

from glaucam.errors import DataError, InputError
from glaucam.explanation import explain
from glaucam.metrics.localisation import energy_share, lift
from glaucam.training.examples import class_columns
from glaucam.training.predict import predict

if TYPE_CHECKING:
    from glaucam.data import Preprocessing

GROUPS = ("TP", "TN", "FP", "FN")  # of two classes, the second (glaucoma) positive
HIGH, LOW = 0.9, 0.7  # confidence: high from, low below
GLAUCOMA = ("normal", "glaucoma")
STRUCTURES: dict[tuple[str, ...], tuple[str, ...]] = {GLAUCOMA: ("disc", "rim")}
LESION = ("lesion",)  # what is measured for every other task
BATCH = 16


def error_table(
    model: nn.Module,
    data: Any,
    preprocessing: Preprocessing,
    threshold: float | None = None,
    classes: Sequence[str] | None = None,
    method: str = "gradcam",
    target_layer: str | None = None,
    structures: Sequence[str] | None = None,
    indices: Iterable[int] | None = None,
    progress: bool = True,
) -> pd.DataFrame:
    """``image, true, predicted, p_<class>, confidence, group, band, target_layer,
    <structure>_share, <structure>_lift, outside_field, degenerate``, a row per image.

    Two classes: ``p_glaucoma`` alone, predicted glaucoma where p ≥ ``threshold`` (default .5),
    ``group`` TP, TN, FP or FN. More: every ``p_<class>``, the most probable is predicted, ``group``
    is "CNV right" or "CNV wrong" by the true class. ``confidence``: probability of the predicted
    class. ``outside_field``: share of heat where there is no retina to see, by the data set's field
    mask where it has one and by what the preprocessing finds. Shares and lifts are NaN where there
    is no heat, or no mask of the structure (by default disc and rim, or lesion).
    """
    names: tuple[str, ...] = tuple(classes or getattr(model, "classes", ()) or data.classes)
    threshold = checked_threshold(threshold, names)
    asked = tuple(structures or STRUCTURES.get(names, LESION))
    column = class_columns(data.classes, names)
    chosen = list(range(len(data))) if indices is None else list(indices)
    if not chosen:
        raise DataError("no image to explain: the data set, or this part of it, is empty")
    rows: list[dict[str, Any]] = []
    with tqdm(total=len(chosen), desc="explaining", unit="image", disable=not progress) as bar:
        for piece in _pieces(chosen):
            eyes = [(data.image(i), data.masks(i)) for i in piece]
            images = preprocessing.batch(picture for picture, _ in eyes)
            P = predict(model, images).numpy().astype(np.float64)
            called = predicted_classes(P, threshold)
            maps = predicted_maps(model, images, called, method, target_layer)
            for i, eye, p, k, heat in zip(piece, eyes, P, called, maps, strict=True):
                answer = _answer(data.image_name(i), column[data.label(i)], int(k), p, names)
                rows.append({**answer, **_place(heat, *eye, preprocessing, asked)})
            bar.update(len(piece))
    return pd.DataFrame(rows)


def predicted_classes(P: np.ndarray, threshold: float | None) -> np.ndarray:
    """int64 [N]: class 1 from ``threshold`` on where there are two, else the most probable."""
    if threshold is None:
        return P.argmax(axis=1)
    return (P[:, 1].astype(np.float64) >= threshold).astype(np.int64)


def predicted_maps(
    model: nn.Module,
    images: torch.Tensor,
    called: Sequence[int] | np.ndarray,
    method: str = "gradcam",
    target_layer: str | None = None,
) -> list[tuple[np.ndarray, bool, str]]:
    """For each image (values [H,W] of the class it was called, degenerate, target layer)."""
    called = np.asarray(called)
    found: dict[int, tuple[np.ndarray, bool, str]] = {}
    for k in np.unique(called).tolist():
        where = np.flatnonzero(called == k)
        told = explain(model, images[torch.as_tensor(where)], [k], method, target_layer)
        heat = told.heatmaps[k]
        for row, i in enumerate(where.tolist()):
            values = heat.values[row].cpu().numpy()
            found[i] = (values, bool(heat.is_degenerate[row]), told.target_layer)
    return [found[i] for i in range(len(called))]


def group_of(true: int, predicted: int, classes: Sequence[str]) -> str:
    """TP, TN, FP or FN of two classes; "<true class> right" or "… wrong" of more."""
    if len(classes) != 2:
        return f"{classes[true]} {'right' if true == predicted else 'wrong'}"
    return ("T" if true == predicted else "F") + ("P" if predicted == 1 else "N")


def groups_of(classes: Sequence[str]) -> tuple[str, ...]:
    """Every group there can be, in the order of boards and summaries."""
    if len(classes) == 2:
        return GROUPS
    return tuple(f"{name} {how}" for name in classes for how in ("right", "wrong"))


def band_of(confidence: float) -> str:
    """high from .9 on, low below .7, else middle."""
    return "high" if confidence >= HIGH else "low" if confidence < LOW else "middle"


def group_summary(table: pd.DataFrame, classes: Sequence[str] = GLAUCOMA) -> pd.DataFrame:
    """Per group (the index; all of them): ``n, mean_confidence`` and ``mean_<structure>_lift``.

    An empty group has n 0 and NaN means.
    """
    lifts = [name for name in table.columns if name.endswith("_lift")]
    means = table.groupby("group")[["confidence", *lifts]].mean()
    means = means.reindex(list(groups_of(classes))).add_prefix("mean_")
    means.insert(0, "n", table["group"].value_counts().reindex(means.index).fillna(0).astype(int))
    return means.rename_axis("group")


def checked_threshold(threshold: float | None, classes: Sequence[str]) -> float | None:
    """.5 where none is given for two classes; InputError for one that no p can be held against."""
    if len(classes) != 2:
        if threshold is not None:
            raise InputError(
                f"threshold {threshold:g} for {len(classes)} classes; expected none: the most "
                "probable class is the answer"
            )
        return None
    threshold = 0.5 if threshold is None else float(threshold)
    if not 0 <= threshold <= np.nextafter(np.float32(1), np.float32(2)):
        raise InputError(f"threshold is {threshold:g}, expected a probability in [0,1]")
    return threshold


def _pieces(chosen: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(chosen), BATCH):
        yield chosen[start : start + BATCH]


def _answer(
    image: str, true: int, predicted: int, p: np.ndarray, classes: Sequence[str]
) -> dict[str, Any]:
    told = [1] if len(classes) == 2 else range(len(classes))
    confidence = float(p[predicted])
    return {
        "image": image,
        "true": classes[true],
        "predicted": classes[predicted],
        **{f"p_{classes[k]}": float(p[k]) for k in told},
        "confidence": confidence,
        "group": group_of(true, predicted, classes),
        "band": band_of(confidence),
    }


def _place(
    heat: tuple[np.ndarray, bool, str],
    picture: np.ndarray,
    masks: dict[str, np.ndarray],
    preprocessing: Preprocessing,
    structures: Sequence[str],
) -> dict[str, Any]:
    """Where the heat lies, NaN where that cannot be said."""
    L, degenerate, layer = heat
    told: dict[str, Any] = {"target_layer": layer}
    for name in structures:
        mask = None if name not in masks else preprocessing.frame_mask(masks[name], picture)
        told[f"{name}_share"] = _number(None if mask is None else energy_share(L, mask))
        told[f"{name}_lift"] = _number(None if mask is None else lift(L, mask))
    field = preprocessing.frame_field(picture)
    if "field" in masks:  # the truth also knows the white wedges of a B-scan
        field = field & preprocessing.frame_mask(masks["field"], picture)
    told["outside_field"] = _number(energy_share(L, ~field))
    return {**told, "degenerate": degenerate}


def _number(value: float | None) -> float:
    return float("nan") if value is None else value
