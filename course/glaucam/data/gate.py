"""Is it a fundus photo, an OCT scan, or neither; and is it good enough to say anything about?

Nothing is learned: a picture passes as an eye where all signs of its kind lie within the range that
eyes have, with room to spare, so that kinds of pictures nobody thought of fail some of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from glaucam.data.gate_fundus import FundusSigns, fundus_signs, has_no_colour
from glaucam.data.gate_scan import ScanSigns, scan_signs
from glaucam.data.images import ImageSource, read_image

FUNDUS, SCAN, NEITHER = "fundus", "oct", "neither"
_LOOK = 256  # px of the longer side of what is looked at
_VESSELS = 2.2  # what `vessel_evidence` of an eye reaches at least
_PLAIN = 4.0  # what it reaches where nobody doubts
_WHOLE = 0.98  # covered part below which there is a surround, hence a whole view
_LEAST_SIDE = 32  # px

Test = tuple[bool, str]  # (passed, what is wrong if not)


@dataclass(frozen=True)
class Gate:
    """``kind``: fundus, oct or neither; ``quality``: good, usable or reject; ``reasons``: why not.

    ``reasons`` are sentences without a full stop; empty for a good eye.
    """

    kind: str
    quality: str
    reasons: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        return {"kind": self.kind, "quality": self.quality, "reasons": list(self.reasons)}


def judge_image(image: ImageSource) -> Gate:
    """Look at a picture as ``read_image`` takes it. Raises ImageError where that does."""
    pixels = read_image(image)
    if min(pixels.shape[:2]) < _LEAST_SIDE:
        return Gate(NEITHER, "reject", (f"it is under {_LEAST_SIDE} px wide or high",))
    small = _small(pixels)
    is_grey = has_no_colour(small)
    if is_grey:
        scan = scan_signs(small.mean(axis=2, dtype=np.float32))
        if _all(scan_tests(scan)):
            return Gate(SCAN, *_quality(scan_faults(scan)))
    fundus = fundus_signs(small)
    if _all(fundus_tests(fundus)):
        return Gate(FUNDUS, *_quality(fundus_faults(fundus)))
    missing = _failed(fundus_tests(fundus))[:2]
    told = tuple(f"as a fundus photo {reason}" for reason in missing)
    if is_grey:
        told += tuple(f"as an OCT scan {reason}" for reason in _failed(scan_tests(scan))[:1])
    return Gate(NEITHER, "reject", told)


def fundus_tests(signs: FundusSigns) -> list[Test]:
    """What every fundus photo has."""
    grey = signs.is_grey  # then colour says nothing and the vessels must say more
    return [
        (grey or signs.warm > 0.7, "its colours are not red over green over blue"),
        (grey or 0.015 < signs.hue < 0.36, "its hue is not that of one tissue"),
        (grey or signs.hue > 0.028 or signs.disc > 0.06, "it is of one hue and has no disc"),
        (
            signs.covered > _WHOLE or grey or signs.disc > 0.015 or _needs_no_disc(signs),
            "it has no bright disc",
        ),
        (0.2 < signs.ground < (3.6 if grey else 3.2), "its ground is not smooth"),
        (signs.tree > (1.6 if grey else 0.6) and signs.coherent > 0.55, "it shows no vessels"),
        (signs.dark > 0.55, "its lines are not darker than their surroundings"),
        (0.0015 < signs.strength < 0.07, "its lines are not as deep as vessels"),
        (signs.one_way < 0.9 or signs.tree < 2, "its lines all run in one direction"),
        ((-0.03 if grey else -0.2) < signs.disc < 1, "it has no bright disc"),
        (signs.disc > 0.08 or signs.strength > 0.0035, "neither vessels nor a disc show"),
        (signs.meeting > -0.015, "its lines run around the disc, not towards it"),
        (signs.mean > 12 and not (grey and signs.mean > 215), "it is black or white like print"),
        (vessel_evidence(signs) > _VESSELS, "its lines are no tree of vessels around a disc"),
    ]


def vessel_evidence(signs: FundusSigns) -> float:
    """How plainly there is a tree of dark vessels around a disc on smooth ground; 8 is most.

    Signs that an eye may lack, but not several at once, are weighed here against one another.
    """
    whole = signs.covered < _WHOLE
    much = min(signs.tree / 3, 1)  # directions of a few pixels say little
    straight, unsure = (0.5, 0.15) if whole else (0.6, 0.2)
    evidence = (
        min((signs.dark - 0.55) / 0.15, 2) * much
        + min((signs.spread - 0.2) / 0.1, 1.5)
        + (straight - signs.one_way) / unsure * much
        + np.clip(signs.disc + 10 * signs.meeting, -0.1, 0.2) / 0.1
        + min(3 - signs.ground, 1.5 if whole else 1)
    )
    if not signs.is_grey:
        evidence -= 3 * _short(signs.warm, 0.9, 0.2) + 2 * _short(signs.hue, 0.05, 0.02)
    if not whole:  # around a disc, vessels run to the picture's border
        evidence -= 3 * _short(signs.outer, 0.2, 0.2)
    deep = 0.028 if signs.is_grey else 0.047  # cracks are black, vessels are not
    evidence -= 5 * _short(-signs.strength, -deep, 0.01)
    return float(evidence)


def _needs_no_disc(signs: FundusSigns) -> bool:
    """Whether vessels and tissue say so plainly what it is that the disc may be dim, or cut by the
    field's edge, as in photos that are centred on the macula.
    """
    return (
        vessel_evidence(signs) > _PLAIN
        and signs.hue > 0.044  # more than leather, wood or earth has
        and signs.coherent < 0.95  # spokes agree more
        and signs.disc > -0.1
    )


def _short(value: float, wanted: float, by: float) -> float:
    """0 where ``value`` reaches ``wanted``, 1 where it falls short of it ``by`` that much."""
    return float(np.clip((wanted - value) / by, 0, 1))


def scan_tests(signs: ScanSigns) -> list[Test]:
    """What every B-scan of a retina has."""
    return [
        (signs.above < 0.15 and signs.clear < 0.6, "it has no dark vitreous above a bright band"),
        (-0.3 < signs.below < 0.17, "it does not fade below the band"),
        (signs.band > 0.88 and 0.09 < signs.thickness < 0.4, "it has no band from side to side"),
        (signs.smooth <= 2.4, "the band's border jumps"),
        (0.3 < signs.layer < 0.82 and signs.even > 0.87, "it has no thin bright layer"),
        (0.55 < signs.along < 0.985, "its structures do not lie in layers"),
        (signs.bend > 0.8, "the band is ruled straight"),
        (0.062 < signs.grain < 0.25, "it has no speckle"),
    ]


def fundus_faults(signs: FundusSigns) -> list[tuple[bool, str]]:
    """(is it bad enough to refuse, what is wrong) of a fundus photo."""
    faults = [
        (signs.mean < 25, signs.mean < 40, "it is dark"),
        (signs.mean > 240, signs.mean > 225, "it is overexposed"),
        (signs.clipped > 0.25, signs.clipped > 0.05, "much of it is clipped to white"),
        (signs.covered < 0.3, signs.covered < 0.55, "the eye fills little of the picture"),
        (signs.strength < 0.0045, signs.strength < 0.007, "it is blurred: vessels hardly show"),
        (False, signs.disc < 0.03, "no optic disc stands out"),
    ]
    return [(refused, reason) for refused, noted, reason in faults if refused or noted]


def scan_faults(signs: ScanSigns) -> list[tuple[bool, str]]:
    faults = [
        (signs.signal < 15, signs.signal < 30, "its signal is weak"),
        (signs.wedge > 0.5, signs.wedge > 0.3, "much of it is blank from registration"),
        (False, signs.cut, "the retina leaves the picture"),
    ]
    return [(refused, reason) for refused, noted, reason in faults if refused or noted]


def _quality(faults: list[tuple[bool, str]]) -> tuple[str, tuple[str, ...]]:
    refused = any(is_refused for is_refused, _ in faults)
    name = "reject" if refused else "usable" if faults else "good"
    return name, tuple(reason for _, reason in faults)


def _failed(tests: Iterable[Test]) -> list[str]:
    return [reason for passed, reason in tests if not passed]


def _all(tests: Iterable[Test]) -> bool:
    return not _failed(tests)


def _small(pixels: np.ndarray) -> np.ndarray:
    import cv2

    scale = _LOOK / max(pixels.shape[:2])
    if scale >= 1:
        return pixels
    size = max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale))
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
