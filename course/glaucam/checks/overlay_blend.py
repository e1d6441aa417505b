"""Is a student's overlay the blend it should be, whatever the colormap?"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from glaucam.checks.a3_misconceptions import known
from glaucam.checks.base import Mistake
from glaucam.data import Preprocessing, fundus_phantom

LEVELS = 9  # few values of heat, so that equal heat can be asked for equal colour
ROUNDING = 2.0  # of 255: floor, round or truncate are all right


def public_picture() -> tuple[np.ndarray, np.ndarray]:
    """A phantom uint8 [40,56,3], and heat [40,56] in nine steps that no flip leaves as it is."""
    image = Preprocessing(size=56).frame(fundus_phantom(11, 0).image)[8:48]
    y, x = np.mgrid[0:1:40j, 0:1:56j]
    heat = np.round((LEVELS - 1) * (0.7 * x + 0.3 * y**2)) / (LEVELS - 1)
    return np.ascontiguousarray(image), heat.astype(np.float32)


def as_picture(answer: Any, image: np.ndarray) -> np.ndarray:
    """The answer as uint8 [H,W,3], or the Mistake its shape, type or range shows."""
    if isinstance(answer, torch.Tensor):
        answer = answer.detach().cpu().numpy()
    picture = np.asarray(answer)
    if picture.shape == (3, *image.shape[:2]):
        raise Mistake(
            "The channels come first, as in a network's input; a picture has them last.",
            "[H,W,3] is what plt.imshow and image files want.",
            "overlay-shape",
        )
    if picture.shape == (*image.shape[:2], 4):
        raise Mistake(
            "Four channels: a colormap gives RGBA, and the fourth is opacity.",
            "Take [..., :3] of the colours.",
            "overlay-shape",
        )
    if picture.shape != image.shape:
        raise Mistake(f"Shape {list(picture.shape)}; expected {list(image.shape)}, [H,W,3].")
    if picture.dtype != np.uint8:
        raise Mistake(
            f"{picture.dtype} values from {picture.min():.3g} to {picture.max():.3g}; expected "
            "uint8 from 0 to 255.",
            "Colours of a colormap run from 0 to 1, the image from 0 to 255: bring both to one "
            "scale, blend, round, then .astype(np.uint8).",
            "overlay-dtype",
        )
    return picture


def blended_colours(pictures: dict[float, Any], image: np.ndarray, heat: np.ndarray) -> str:
    """Praise where the pictures of alpha 0, ½ and 1 blend image and colours; else a Mistake."""
    nothing, half, everything = (
        as_picture(pictures[alpha], image).astype(float) for alpha in (0.0, 0.5, 1.0)
    )
    if _apart(nothing, image) > ROUNDING:
        if _apart(everything, image) <= ROUNDING:
            raise known("alpha-reversed")
        raise Mistake(
            "alpha = 0 must give the image untouched, and does not.",
            "Blend in floating point, without stretching the result.",
            "overlay-rescaled",
        )
    _colours_follow_heat(everything, heat)
    if _apart(half, (image + everything) / 2) > ROUNDING:
        raise Mistake(
            "Half image and half colours is not what alpha = ½ gives. Adding or multiplying uint8 "
            "values runs over at 255 without a word.",
            "Turn both into floats first; go back to uint8 at the very end.",
            "uint8-truncation",
        )
    return "Image at alpha 0, colours at alpha 1, the exact blend between."


def _colours_follow_heat(colours: np.ndarray, heat: np.ndarray) -> None:
    """At alpha 1 the colour depends on the heat and on nothing else."""
    if _spread(colours, heat) > ROUNDING:
        raise Mistake(
            "At alpha = 1 places of equal heat have different colours.",
            "colormaps['viridis'](heatmap) turns each value into its colour; nothing else belongs "
            "into the colours.",
            "overlay-empty",
        )
    if _apart(colours[heat == 0].mean(axis=0), colours[heat == 1].mean(axis=0)) < 30:
        raise Mistake(
            "Cold and hot places have nearly the same colour. Heat scaled to 0–255, or turned into "
            "whole numbers, saturates a colormap, which expects [0,1].",
            "Pass the heatmap as floats in [0,1].",
            "heat-truncated",
        )


def in_place_and_order(answer: Any, image: np.ndarray, heat: np.ndarray) -> None:
    """Raise the Mistake of an overlay at alpha ½ whose heat or channels lie wrong."""
    picture = as_picture(answer, image).astype(float)
    if _spread(2 * picture - image, heat) <= 2 * ROUNDING:
        return
    for flipped in (heat[::-1], heat[:, ::-1], heat[::-1, ::-1]):
        if _spread(2 * picture - image, flipped) <= 2 * ROUNDING:
            raise known("heat-mirrored")
    if _spread(2 * picture - image[..., ::-1], heat) <= 2 * ROUNDING:
        raise known("colour-channels-swapped")
    raise Mistake(
        "At alpha = ½ the picture is not the image with the heat laid over it, pixel by pixel.",
        "Check (1 − alpha)·image + alpha·colours on a single pixel.",
    )


def _apart(first: np.ndarray, second: np.ndarray) -> float:
    return float(np.abs(first - second).max())


def _spread(colours: np.ndarray, heat: np.ndarray) -> float:
    """The largest difference of colour [of 255] between places of equal heat."""
    return max(float(np.ptp(colours[heat == level], axis=0).max()) for level in np.unique(heat))
