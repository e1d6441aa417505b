"""Safe reading: whatever a person calls an eye photo becomes uint8 [H,W,3], or one clear error."""

from __future__ import annotations

import io
import os
import struct
import warnings
import zlib
from pathlib import Path
from typing import IO, Any

import numpy as np
from PIL import Image, ImageOps

from glaucam.errors import ImageError

IMAGE_SUFFIXES = (".png", ".jpg", ".jpeg", ".tif", ".tiff")  # compared in lower case
MAX_PIXELS = 60_000_000  # larger than any fundus camera; 180 MB once decoded

ImageSource = str | os.PathLike[str] | bytes | IO[bytes] | Image.Image | np.ndarray

_FORMATS = ("PNG", "JPEG", "TIFF", "WEBP", "BMP")  # few decoders, few surprises
_BROKEN = (OSError, SyntaxError, ValueError, TypeError, LookupError, EOFError, OverflowError,
           struct.error, zlib.error)  # fmt: skip  # what Pillow's decoders raise on a damaged file


def read_image(source: ImageSource) -> np.ndarray:
    """The image as uint8 [H,W,3], upright by its EXIF turn, on black where it was transparent.

    ``source`` is a path, the file's bytes, an open binary file, a PIL image, or an array [H,W],
    [H,W,1], [H,W,3] or [H,W,4] of uint8, uint16 or floats in [0,1]. Raises ImageError. A
    file's size is judged by its header, so a decompression bomb is refused before it is decoded.
    """
    if isinstance(source, np.ndarray):
        return _from_array(source)
    if isinstance(source, Image.Image):
        _refuse_size(source.size, "the image")
        return _from_pil(source, "the image")
    stream, name = _open_stream(source)
    with stream:
        return _decode(stream, name)


def read_small(source: ImageSource, side: int) -> np.ndarray:
    """``read_image`` scaled down (never up) until its longer side is ``side`` px: uint8 [h,w,3].

    A JPEG is decoded at a fraction of its size, which is ten times quicker on a camera's photo.
    Raises ImageError.
    """
    if isinstance(source, str | os.PathLike):
        stream, name = _open_stream(source)
        with stream:
            pixels = _decode(stream, name, draft=2 * side)
    else:
        pixels = read_image(source)
    small = Image.fromarray(pixels)
    small.thumbnail((side, side), Image.Resampling.BOX)
    return np.asarray(small)


def read_mask(source: ImageSource, size: tuple[int, int] | None = None) -> np.ndarray:
    """A mask file as bool [H,W]: inside where the value is at least half of full scale.

    ``size`` is the (height, width) its image has; another size raises ImageError.
    """
    mask = read_image(source).max(axis=2) >= 128
    if size is not None and mask.shape != tuple(size):
        name = source if isinstance(source, str | os.PathLike) else "the mask"
        raise ImageError(
            f"{name}: the mask is {mask.shape[1]}×{mask.shape[0]} px but its image is "
            f"{size[1]}×{size[0]} px; export it at the image's size"
        )
    return mask


def image_size(source: str | os.PathLike[str]) -> tuple[int, int]:
    """(height, width) as ``read_image`` would return it, from the header alone."""
    stream, name = _open_stream(source)
    with stream:
        image = _open(stream, name)
        try:  # the base class's getexif: a PNG's own would decode the pixels
            turned = Image.Image.getexif(image).get(0x0112, 1) in (5, 6, 7, 8)
        except _BROKEN:  # read_image will say what is wrong with it
            turned = False
    width, height = image.size
    return (width, height) if turned else (height, width)


def is_image_name(path: str | os.PathLike[str]) -> bool:
    return Path(path).suffix.lower() in IMAGE_SUFFIXES


def _open_stream(source: Any) -> tuple[IO[bytes], str]:
    if isinstance(source, bytes | bytearray | memoryview):
        return io.BytesIO(source), "the uploaded file"
    if isinstance(source, str | os.PathLike):
        return _open_path(Path(source)), str(source)
    if hasattr(source, "read"):
        data = source.read()  # a copy: the caller's file stays open and its own
        if not isinstance(data, bytes):
            raise ImageError("the file was opened as text; open it in binary mode ('rb')")
        return io.BytesIO(data), str(getattr(source, "name", "the uploaded file"))
    raise ImageError(
        f"got {type(source).__name__}, expected an image's path, bytes, PIL image or array"
    )


def _open_path(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except FileNotFoundError:
        raise ImageError(f"{path}: no such file; check the path") from None
    except IsADirectoryError:
        raise ImageError(f"{path}: a folder, expected one image file") from None
    except (OSError, ValueError) as error:
        raise ImageError(f"{path}: cannot be opened ({_one_line(error)})") from error


def _open(stream: IO[bytes], name: str) -> Image.Image:
    """The header only; nothing is decoded yet."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns from 89 megapixels; we refuse at 60
            image = Image.open(stream, formats=_FORMATS)
    except Image.DecompressionBombError as error:
        raise ImageError(
            f"{name}: far more than the {MAX_PIXELS // 10**6} megapixels this kit reads; "
            "scale it down first"
        ) from error
    except _BROKEN as error:
        raise ImageError(
            f"{name}: not an image this kit reads; expected a PNG, JPEG or TIFF file"
        ) from error
    _refuse_size(image.size, name)
    return image


def _decode(stream: IO[bytes], name: str, draft: int | None = None) -> np.ndarray:
    """``draft``: decode a JPEG at a fraction of its size that is still at least so many px."""
    image = _open(stream, name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if draft:
                image.draft(None, (draft, draft))
            image.load()
            return _from_pil(image, name)
    except ImageError:
        raise
    except _BROKEN as error:
        raise ImageError(
            f"{name}: the file is damaged or cut short ({_one_line(error)}); "
            "save or download it again"
        ) from error


def _refuse_size(size: tuple[int, int], name: str) -> None:
    width, height = size
    if width == 0 or height == 0:
        raise ImageError(f"{name}: {width}×{height} px; expected at least one pixel")
    if width * height > MAX_PIXELS:
        raise ImageError(
            f"{name}: {width}×{height} px; this kit reads up to {MAX_PIXELS // 10**6} megapixels, "
            "scale it down first"
        )


def _from_pil(image: Image.Image, name: str) -> np.ndarray:
    image = ImageOps.exif_transpose(image)
    if image.mode.startswith(("I", "F")):
        return _from_array(_deep_grey(np.asarray(image), name))
    if image.has_transparency_data:
        image = image.convert("RGBA")
        black = Image.new("RGBA", image.size, (0, 0, 0, 255))
        image = Image.alpha_composite(black, image)
    return np.array(image.convert("RGB"))


def _deep_grey(values: np.ndarray, name: str) -> np.ndarray:
    """16-bit integers as uint16; floats, whose full scale no file states, in [0,1]."""
    if not np.isfinite(values).all():
        raise ImageError(f"{name}: has NaN or infinite pixels; expected finite values")
    if values.dtype.kind == "f":
        full = 1 if values.max() <= 1 else 255 if values.max() <= 255 else 65535
        return np.clip(values / full, 0, 1)
    return np.clip(values, 0, 65535).astype(np.uint16)


def _from_array(array: np.ndarray) -> np.ndarray:
    if array.ndim == 2:
        array = array[..., None]
    if array.ndim != 3 or array.shape[2] not in (1, 3, 4):
        raise ImageError(
            f"an array of shape {list(array.shape)}; expected [H,W], [H,W,1], [H,W,3] or [H,W,4]"
        )
    _refuse_size((array.shape[1], array.shape[0]), "an array")
    array = _to_uint8(array)
    if array.shape[2] == 4:
        opacity = array[..., 3:].astype(np.uint16)
        array = ((array[..., :3] * opacity + 127) // 255).astype(np.uint8)
    return np.repeat(array, 3, axis=2) if array.shape[2] == 1 else np.array(array)


def _to_uint8(array: np.ndarray) -> np.ndarray:
    if array.dtype == np.uint8:
        return array
    if array.dtype == np.bool_:
        return array.astype(np.uint8) * 255
    if array.dtype == np.uint16:
        return ((array.astype(np.uint32) + 128) // 257).astype(np.uint8)
    if array.dtype.kind not in "iuf":
        raise ImageError(f"an array of {array.dtype}; expected uint8, uint16 or floats in [0,1]")
    if not np.isfinite(array).all():
        raise ImageError("an array with NaN or infinite pixels; expected finite values")
    full = 1.0 if array.dtype.kind == "f" else 255
    low, high = array.min(), array.max()
    if low < -1e-6 or high > full * (1 + 1e-6):
        raise ImageError(
            f"an array of {array.dtype} from {low:g} to {high:g}; expected 0 to {full:g} "
            "(or uint8 from 0 to 255)"
        )
    return np.clip(np.rint(array * (255 / full)), 0, 255).astype(np.uint8)


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__
