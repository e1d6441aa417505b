"""The images a score table is made on, as the network sees them, with the masks there are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from tqdm import tqdm

from glaucam.errors import DataError
from glaucam.registry import unknown

if TYPE_CHECKING:
    from glaucam.data import EyeData, Preprocessing


@dataclass(frozen=True)
class ScoredEyes:
    """``images``: float32 [N,3,S,S], preprocessed. ``frames``: uint8 [N,S,S,3], as a reader sees
    them. ``masks``: structure → one mask bool [S,S] per image, None where its truth is not known or
    the structure is not in the picture.
    """

    images: torch.Tensor
    frames: np.ndarray
    masks: dict[str, list[np.ndarray | None]]

    def __len__(self) -> int:
        return len(self.images)


def load_eyes(
    data: EyeData, preprocessing: Preprocessing, indices: Iterable[int], with_masks: bool = True
) -> ScoredEyes:
    """Read the images of ``data`` at ``indices``, and their masks into the network's frame."""
    images, frames, found = [], [], []
    for i in tqdm(list(indices), desc="reading", unit="image"):
        image = data.image(i)
        images.append(preprocessing(image))
        frames.append(preprocessing.frame(image))
        masks = data.masks(i) if with_masks else {}
        framed = {name: preprocessing.frame_mask(mask, image) for name, mask in masks.items()}
        found.append({name: mask for name, mask in framed.items() if mask.any()})
    names = dict.fromkeys(name for masks in found for name in masks)  # in order of appearance
    return ScoredEyes(
        torch.stack(images),
        np.stack(frames),
        {name: [masks.get(name) for masks in found] for name in names},
    )


def chosen(labels: np.ndarray, indices: Iterable[int] | None, n: int, seed: int = 0) -> list[int]:
    """``n`` of the images at ``indices`` (None: of all), drawn by ``seed``, as evenly from the
    classes as they allow; in ascending order."""
    pool = np.arange(len(labels)) if indices is None else np.asarray(list(indices), dtype=int)
    if n < 1 or len(pool) == 0:
        raise DataError(f"{n} of {len(pool)} images asked for; expected at least one of one")
    drawn = np.random.default_rng(seed).permutation(pool)
    turn = np.empty(len(drawn), int)  # an image's place among those of its class
    for label in np.unique(labels[drawn]):
        of_class = labels[drawn] == label
        turn[of_class] = np.arange(of_class.sum())
    return sorted(int(i) for i in drawn[np.argsort(turn, kind="stable")][:n])


def keep_structures(eyes: ScoredEyes, asked: list[str] | None) -> ScoredEyes:
    """Only the structures asked for; UnknownName for one that no image has a mask of."""
    if asked is None:
        return eyes
    for name in asked:
        if name not in eyes.masks:
            raise DataError(
                f"{unknown('structure', name, list(eyes.masks))}; masks lie in "
                "masks/<structure>/<image>.png"
            )
    return ScoredEyes(eyes.images, eyes.frames, {name: eyes.masks[name] for name in asked})
