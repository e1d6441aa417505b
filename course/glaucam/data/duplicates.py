"""Near duplicates: one photograph kept twice, however it was resized, recompressed or relit.

Two pictures that are nearly the same must not lie on two sides of a split. A perceptual hash finds
candidates quickly, but all eyes look alike to it: one bright disc, one dark fovea. So the fine
structure decides, which is where the vessels run. On the real folders of the tests, copies (JPEG of
quality 20, half size, squeezed to a square, a third brighter, tinted, cropped or turned by 1 %)
correlate in it at .76 or more, different eyes at .6 or less, one pair of neighbours at .7.
Mirrored pictures, larger crops and other photographs of the same eye are not found: that takes a
patient's name.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from scipy import ndimage

from glaucam.data.enhance import fill_surround
from glaucam.data.field import field_box, find_field
from glaucam.data.images import ImageSource, read_small

SIMILAR = 0.75  # correlation of the fine structure from which two pictures are one photograph
_LOOK = 160  # px, the longer side of what is looked at
_HASH = 16  # a perceptual hash of 16 × 16 bits; of 8 × 8, different eyes are often 6 bits apart
_CANDIDATE = 64  # bits of 256 in which the hashes of two copies may differ
_DETAIL = 32  # px, the side of the map of fine structure
_OVAL = 0.8  # overlap with an oval from which a bright field is a camera's
_ROWS = 256  # hashes compared at once with all others


@dataclass(frozen=True)
class Fingerprint:
    """``digest`` of the file's bytes (or pixels); ``bits`` uint8 [32]; ``detail`` int8 [1024]."""

    digest: bytes
    bits: np.ndarray
    detail: np.ndarray


@dataclass(frozen=True, order=True)
class DuplicatePair:
    """Images ``first`` < ``second`` by position; ``exact``: the same bytes; else ``similarity`` of
    the fine structure, from SIMILAR to 1."""

    first: int
    second: int
    similarity: float
    exact: bool


def near_duplicate_groups(images: Iterable[ImageSource], similar: float = SIMILAR) -> np.ndarray:
    """int64 [N]: for each image, the position of the first one of its group (its own, if alone).

    ``images``: paths, bytes, PIL images or arrays, looked at one after another; about 1.2 kB are
    kept of each. What is a duplicate of a duplicate is in the group. Raises ImageError.
    """
    prints = [fingerprint(image) for image in images]
    return grouped(len(prints), duplicate_pairs(prints, similar))


def near_duplicate_pairs(
    images: Iterable[ImageSource], similar: float = SIMILAR
) -> list[DuplicatePair]:
    """The pairs that ``near_duplicate_groups`` joins, in order of position."""
    return duplicate_pairs([fingerprint(image) for image in images], similar)


def fingerprint(image: ImageSource) -> Fingerprint:
    """What is kept of a picture: enough to know it again, a thousandth of its size."""
    import imagehash  # brings wavelets along, which a class folder's opening needs not

    small = _framed(read_small(image, _LOOK))
    bits = np.packbits(imagehash.phash(Image.fromarray(small), hash_size=_HASH).hash.ravel())
    return Fingerprint(_digest(image, small), bits, _detail(small))


def duplicate_pairs(prints: Iterable[Fingerprint], similar: float = SIMILAR) -> list[DuplicatePair]:
    """Pairs of near duplicates among fingerprints; of many equal files, each with the first."""
    prints = list(prints)
    first_of: dict[bytes, int] = {}
    pairs = []
    for i, one in enumerate(prints):
        first = first_of.setdefault(one.digest, i)
        if first != i:
            pairs.append(DuplicatePair(first, i, 1.0, True))
    alone = np.array(sorted(first_of.values()), np.int64)
    if len(alone):
        bits = np.stack([prints[i].bits for i in alone])
        detail = np.stack([prints[i].detail for i in alone])
        for i, j, likeness in _alike(bits, detail, similar):
            pairs.append(DuplicatePair(int(alone[i]), int(alone[j]), likeness, False))
    return sorted(pairs)


def grouped(n: int, pairs: Iterable[DuplicatePair]) -> np.ndarray:
    """int64 [n]: the first position of each one's group, joined by ``pairs`` however long."""
    parent = np.arange(n)

    def first_of(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = int(parent[i])
        return i

    for pair in pairs:
        one, other = sorted((first_of(pair.first), first_of(pair.second)))
        parent[other] = one
    return np.array([first_of(i) for i in range(n)], np.int64)


def _alike(
    bits: np.ndarray, detail: np.ndarray, similar: float
) -> Iterator[tuple[int, int, float]]:
    """(i, j, correlation) with i < j; ``bits`` uint8 [N,32], ``detail`` int8 [N,1024]."""
    signs = np.array([-1, 1], np.float32)[np.unpackbits(bits, axis=1)]  # [N,256]
    agreeing = signs.shape[1] - 2 * _CANDIDATE  # their product, where _CANDIDATE bits differ
    lengths = np.sqrt(np.einsum("nd,nd->n", detail, detail, dtype=np.float32))
    for start in range(0, len(signs), _ROWS):
        near = signs[start : start + _ROWS] @ signs[start:].T >= agreeing
        rows, columns = np.nonzero(np.triu(near, 1))
        for piece in range(0, len(rows), 4 * _ROWS):
            i, j = (start + side[piece : piece + 4 * _ROWS] for side in (rows, columns))
            products = np.einsum("nd,nd->n", detail[i], detail[j], dtype=np.float32)
            likeness = products / np.maximum(lengths[i] * lengths[j], 1e-6)
            for k in np.flatnonzero(likeness >= similar):
                yield int(i[k]), int(j[k]), min(float(likeness[k]), 1.0)


def _framed(small: np.ndarray) -> np.ndarray:
    """Grey uint8: a round field cropped to its box, its dark surround filled; others as they are.

    A camera's round border would make all its photographs alike, and the same photograph is often
    kept with its black margins and without.
    """
    field = find_field(small)
    if not field.all() and _is_round(field):
        left, top, right, bottom = field_box(field)
        box = np.s_[top:bottom, left:right]
        small = fill_surround(small[box], field[box])
    return np.asarray(Image.fromarray(small).convert("L"))


def _is_round(field: np.ndarray) -> bool:
    """Whether the field is a camera's: an oval, perhaps cut above and below, with empty corners.

    An oval, since copies are squeezed to squares. The retina of a B-scan runs from border to border
    instead.
    """
    left, top, right, bottom = field_box(field)
    inside = field[top:bottom, left:right]
    height, width = inside.shape
    y = (np.arange(height)[:, None] + 0.5) / height * 2 - 1
    x = (np.arange(width)[None, :] + 0.5) / width * 2 - 1
    oval = np.hypot(y, x) <= 1
    overlap = (oval & inside).sum() / (oval | inside).sum()
    corners = inside[[0, 0, -1, -1], [0, -1, 0, -1]]
    across = min(field[:, 0].sum(), field[:, -1].sum()) > height / 3
    return bool(overlap >= _OVAL and not corners.any() and not across)


def _detail(small: np.ndarray) -> np.ndarray:
    """int8 [1024]: fine structure at an even contrast, mean 0; all 0 where there is none."""
    level = Image.fromarray(small).resize((_DETAIL, _DETAIL), Image.Resampling.BOX)
    values = np.asarray(level, np.float32)
    fine = values - ndimage.gaussian_filter(values, 2)
    fine /= np.sqrt(ndimage.gaussian_filter(fine**2, 4)) + 1
    return np.clip(np.rint((fine - fine.mean()) * 32), -127, 127).astype(np.int8).ravel()


def _digest(image: ImageSource, small: np.ndarray) -> bytes:
    if isinstance(image, str | os.PathLike):
        with Path(image).open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    if isinstance(image, bytes):
        return hashlib.sha256(image).digest()
    pixels = np.ascontiguousarray(image) if isinstance(image, np.ndarray | Image.Image) else small
    return hashlib.sha256(str(pixels.shape).encode() + pixels.tobytes()).digest()
