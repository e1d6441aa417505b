"""The one way from an eye photo to a model's input, carried in checkpoints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from glaucam.data.disc import find_disc
from glaucam.data.enhance import Enhancement, enhanced, parse_steps
from glaucam.data.field import field_box, find_field, is_whole_view
from glaucam.data.images import ImageSource, read_image
from glaucam.errors import CheckpointError, InputError

if TYPE_CHECKING:
    import torch

STANDARDISE = ("image", "fixed")
_SURE = 0.5  # confidence of the disc's place from which the frame is laid around it


@dataclass(frozen=True)
class Preprocessing:
    """Frame the fundus field as a square of ``size`` px, enhance it, then scale its channels.

    ``standardise="image"``: each image's channels get mean 0 and deviation 1 over its own field,
    which forgets the camera's exposure and tint; the surround becomes 0. ``"fixed"``: (value −
    mean) / std with the constants given, as released ImageNet weights expect.
    ``crop=False`` keeps the picture's full frame (OCT scans). ``enhance``: steps by name, or by
    what ``to_dict`` gave (see ``data.enhance``); by default none.
    ``around_disc``: of a whole view of the fundus keep a square of so many disc diameters around
    the disc, for models of disc crops; the field as ever where no disc is found for sure.
    """

    size: int = 96
    standardise: str = "image"
    crop: bool = True
    mean: tuple[float, float, float] = (0.485, 0.456, 0.406)
    std: tuple[float, float, float] = (0.229, 0.224, 0.225)
    enhance: tuple[Enhancement, ...] = ()
    around_disc: float | None = None

    def __post_init__(self) -> None:
        if not (isinstance(self.size, int) and 8 <= self.size <= 4096):
            raise InputError(f"preprocessing size {self.size!r}; expected 8 to 4096 px")
        if self.standardise not in STANDARDISE:
            raise InputError(
                f"preprocessing standardise {self.standardise!r}; expected 'image' or 'fixed'"
            )
        for name in ("mean", "std"):  # JSON brings lists
            object.__setattr__(self, name, _three_numbers(name, getattr(self, name)))
        object.__setattr__(self, "enhance", parse_steps(self.enhance))
        for step in self.enhance:
            if step.is_round and not self.crop:
                raise InputError(
                    f"enhancement {step.name} is for round fundus photos; leave it out for OCT"
                )
        if self.around_disc is not None:
            self._check_around_disc(self.around_disc)

    def _check_around_disc(self, diameters: object) -> None:
        if isinstance(diameters, bool) or not isinstance(diameters, int | float):
            raise InputError(f"preprocessing around_disc {diameters!r}; expected 1 to 10 diameters")
        if not 1 <= diameters <= 10:
            raise InputError(f"preprocessing around_disc {diameters:g}; expected 1 to 10 diameters")
        if not self.crop:
            raise InputError("preprocessing around_disc is for fundus photos; leave it out for OCT")

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values; ``from_dict`` gives an equal object back."""
        values: dict[str, Any] = {
            "size": self.size,
            "standardise": self.standardise,
            "crop": self.crop,
            "mean": list(self.mean),
            "std": list(self.std),
        }
        if self.enhance:  # headers without it read as they always did
            values["enhance"] = [step.to_dict() for step in self.enhance]
        if self.around_disc is not None:
            values["around_disc"] = self.around_disc
        return values

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Preprocessing:
        """Raises CheckpointError on a key or value this version does not know."""
        known = [field.name for field in fields(cls)]
        strange = [key for key in values if key not in known]
        if strange:
            raise CheckpointError(
                f"preprocessing has the unknown key {strange[0]!r}; known are {', '.join(known)}: "
                "the checkpoint is of another version, train it again"
            )
        try:
            return cls(**values)
        except InputError as error:
            raise CheckpointError(f"in the checkpoint: {error}") from error

    def frame(self, image: ImageSource) -> np.ndarray:
        """uint8 [size,size,3]: what the model sees, before its channels are scaled."""
        return self._framed(read_image(image))[0]

    def frame_field(self, image: ImageSource) -> np.ndarray:
        """bool [size,size]: where the model sees retina; the rest is surround or masked."""
        return self._framed(read_image(image))[1]

    def frame_mask(self, mask: np.ndarray, image: ImageSource) -> np.ndarray:
        """bool [size,size]: ``mask`` bool [H,W] under the same geometry as ``image``."""
        pixels, mask = read_image(image), np.asarray(mask)
        if mask.shape != pixels.shape[:2]:
            raise InputError(
                f"mask of shape {list(mask.shape)} for an image of {list(pixels.shape[:2])}; "
                "expected the same height and width"
            )
        box = self._box(pixels, self._field(pixels))
        return self._resized(mask.astype(bool).astype(np.uint8) * 255, box) >= 128

    def __call__(self, image: ImageSource) -> torch.Tensor:
        """Float tensor [3,size,size], the input of a model."""
        import torch

        return torch.from_numpy(self.scaled(image).transpose(2, 0, 1).copy())

    def batch(self, images: Iterable[ImageSource]) -> torch.Tensor:
        """Float tensor [N,3,size,size]."""
        import torch

        rows = [self(image) for image in images]
        return torch.stack(rows) if rows else torch.empty(0, 3, self.size, self.size)

    def scaled(self, image: ImageSource) -> np.ndarray:
        """float32 [size,size,3]: framed and scaled, before it is turned into a tensor."""
        framed, field = self._framed(read_image(image))
        values = framed.astype(np.float32) / 255
        if self.standardise == "fixed":
            return (values - np.array(self.mean, np.float32)) / np.array(self.std, np.float32)
        inside = values[field]  # [pixels, 3]
        values = (values - inside.mean(axis=0)) / np.maximum(inside.std(axis=0), 1e-3)
        values[~field] = 0
        return values

    def _field(self, pixels: np.ndarray) -> np.ndarray:
        return find_field(pixels) if self.crop else np.ones(pixels.shape[:2], bool)

    def _box(self, pixels: np.ndarray, field: np.ndarray) -> tuple[int, int, int, int]:
        """The square that is kept: of the field, or around the disc of a whole view."""
        if self.around_disc is not None and is_whole_view(field):
            disc = find_disc(pixels)
            if disc.confidence >= _SURE:
                return disc.square(self.around_disc)
        return _square(field_box(field))

    def _framed(self, pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The framed image uint8 [size,size,3] and its field bool [size,size], never empty."""
        field = self._field(pixels)
        box = self._box(pixels, field)
        framed = self._resized(field.astype(np.uint8) * 255, box) >= 128
        framed = framed if framed.any() else np.ones_like(framed)
        return enhanced(self._resized(pixels, box), framed, self.enhance)

    def _resized(self, pixels: np.ndarray, box: tuple[int, int, int, int]) -> np.ndarray:
        """The square ``box`` of ``pixels``, black where it leaves the picture, antialiased."""
        square = Image.fromarray(pixels).crop(box)
        return np.asarray(square.resize((self.size, self.size), Image.Resampling.BILINEAR))


def _square(box: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    """The smallest square around ``box``, with its centre; it may leave the picture."""
    left, top, right, bottom = box
    side = max(right - left, bottom - top)
    left -= (side - (right - left)) // 2
    top -= (side - (bottom - top)) // 2
    return left, top, left + side, top + side


def _three_numbers(name: str, values: Any) -> tuple[float, float, float]:
    try:
        first, second, third = (float(value) for value in values)
    except (TypeError, ValueError):
        raise InputError(f"preprocessing {name} {values!r}; expected three numbers") from None
    return first, second, third
