"""The checks of a3's `overlay` cell."""

from __future__ import annotations

import numpy as np
from matplotlib import colormaps

from autograder.judge.a3_gradcam.checks import CHECKS
from autograder.judge.a3_gradcam.secret import Secret
from autograder.judge.bench import Bench, Fault
from autograder.judge.check import Verdict, failed, passed
from glaucam.checks.a3_misconceptions import MISCONCEPTIONS

H, W = 37, 52
CALLS = (
    *(("image", "heat", alpha) for alpha in (0.0, 0.35, 0.8, 1.0)),
    ("other", "heat", 1.0),
    ("image", "ramp", 1.0),
    ("image", "half", 1.0),
)
FAMILIAR = ("jet", "turbo", "rainbow", "hot", "inferno", "magma", "plasma", "viridis", "cividis")


def mistaken(name: str, before: str = "") -> Verdict:
    return failed(f"{before}{MISCONCEPTIONS[name]}", name)


@CHECKS.add("overlay.blend", needs="overlay")
def blend(bench: Bench, secret: Secret) -> Verdict:
    """The picture is (1 − alpha) · image + alpha · colours; the colours depend on heat alone."""
    result = bench.call("overlays", {"calls": [list(call) for call in CALLS]}, secret.pictures)
    plain, light, strong, full, other, ramp, half = (
        painted(result.arrays.get(str(i))) for i in range(len(CALLS))
    )
    image = secret.pictures["image"].astype(float)
    if near(plain, light) and near(plain, full):
        return mistaken("alpha-ignored")
    if not near(plain, image):
        return blend_mistake(plain, full, image)
    if not near(full, other):
        between = image - secret.pictures["other"].astype(float)
        cold = 1 - secret.pictures["heat"][..., None]
        return mistaken(
            "heat-as-opacity" if near(full - other, cold * between) else "overlay-added"
        )
    for alpha, picture in ((0.35, light), (0.8, strong)):
        if not near(picture, (1 - alpha) * image + alpha * full):
            return mistaken("overlay-rescaled")
    if (turn := turned_heat(full, secret.pictures["heat"], ramp[0])) is not None:
        return mistaken(turn)
    return colours(ramp[0], half[0])


def painted(picture: np.ndarray | None) -> np.ndarray:
    """A returned picture as [H,W,3] from 0 to 255; `layout` judges its type and its axes."""
    if picture is None or not np.isfinite(picture).all():
        raise Fault("No picture of finite numbers came back.", "no-array")
    if picture.shape == (H, W, 4):
        picture = picture[..., :3]
    if picture.shape == (3, H, W):
        picture = picture.transpose(1, 2, 0)
    if picture.shape != (H, W, 3):
        raise Fault(
            f"An array of shape {list(picture.shape)} came back, expected a picture [H,W,3] of the "
            "image's size.",
            "overlay-shape",
        )
    scale = 255 if picture.dtype.kind == "f" and picture.max() <= 1.5 else 1
    return picture.astype(float) * scale


def turned_heat(full: np.ndarray, heat: np.ndarray, ramp: np.ndarray) -> str | None:
    """Whether the colours lie at other places than the heat does: mirrored, or elsewhere.

    What a value of heat looks like is read off the ramp [W,3], whatever the colormap.
    """

    def distance(shown: np.ndarray) -> float:
        steps = np.linspace(0, 1, len(ramp))
        expected = [np.interp(shown, steps, ramp[:, channel]) for channel in range(3)]
        return float(np.abs(full - np.stack(expected, axis=-1)).mean())

    right = distance(heat)
    turned = min(distance(other) for other in (heat[::-1], heat[:, ::-1], heat[::-1, ::-1]))
    return "heat-mirrored" if right > 6 and turned < right / 3 else None


def near(picture: np.ndarray, expected: np.ndarray, levels: float = 2.0) -> bool:
    """Equal up to rounding or cutting at each of two steps."""
    return bool(np.abs(picture - expected).max() <= levels)


def blend_mistake(plain: np.ndarray, full: np.ndarray, image: np.ndarray) -> Verdict:
    """Why alpha = 0 does not show the photo."""
    if near(full, image):
        return mistaken("alpha-reversed")
    if near(plain, image[..., ::-1]):
        return mistaken("colour-channels-swapped")
    return mistaken("overlay-rescaled")


def colours(ramp: np.ndarray, half: np.ndarray) -> Verdict:
    """The colours of a ramp [W,3] change steadily, are many, and belong to the heat's value."""
    if len(np.unique(ramp.round(), axis=0)) < 12:
        return mistaken("heat-truncated")
    if np.abs(np.diff(ramp, axis=0)).max() > 90:
        return mistaken("colours-wrap")
    if not near(half[::2], ramp[: W // 2]):
        return mistaken("overlay-stretches-heat")
    if swapped(ramp):
        return mistaken("colour-channels-swapped", "This is a known colormap in the wrong order. ")
    return passed("Photo and colours are mixed as asked, at four values of alpha.")


def swapped(ramp: np.ndarray, levels: float = 12) -> bool:
    """Whether the ramp is a familiar colormap with red and blue exchanged, as OpenCV gives it.

    OpenCV's own jet and hot are 5 to 8 levels off matplotlib's on average, exchanged ones 45 up.
    """
    heat = np.linspace(0, 1, len(ramp))
    familiar = [255 * colormaps[name](heat)[:, :3] for name in FAMILIAR]

    def is_one(colours: np.ndarray) -> bool:
        return any(np.abs(colours - known).mean() <= levels for known in familiar)

    return is_one(ramp[:, ::-1]) and not is_one(ramp)


@CHECKS.add("overlay.layout", needs="overlay")
def layout(bench: Bench, secret: Secret) -> Verdict:
    """The picture is uint8 [H,W,3] like the image, and the image itself is left alone."""
    calls = [["image", "heat", 0.4], ["other", "heat", 0.4], ["image", "ramp", 0.4]]
    result = bench.call("overlays", {"calls": calls}, secret.pictures)
    picture, image = result.arrays.get("0"), result.arrays.get("image0")
    shown, other, ramp = (painted(result.arrays.get(str(i))) for i in range(len(calls)))
    if np.array_equal(shown, other) or np.array_equal(shown, ramp):
        return mistaken("overlay-empty")
    if picture.shape != (H, W, 3):
        return mistaken("overlay-shape", f"An array of shape {list(picture.shape)} came back. ")
    if picture.dtype != np.uint8:
        return mistaken("overlay-dtype", f"The picture is {picture.dtype}. ")
    if not np.array_equal(image, secret.pictures["image"]):
        return mistaken("input-changed")
    return passed("uint8, of the image's size, and the image is as it was.")
