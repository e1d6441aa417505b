"""DICOM in: the pixels of fundus photos and OCT scans, and their geometry; never who it is of.

Nothing of the data set but pixels, spacing, laterality and modality leaves this module, so a name,
a number or a date of birth cannot be copied on. Text that the device burned into the pixels can:
a warning says so.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np

from glaucam.errors import ImageError

DICOM_SUFFIXES = (".dcm", ".dicom")
_MAGIC = slice(128, 132)  # where every DICOM file says "DICM"


class BurnedInText(UserWarning):
    """The pixels may show a name or a date: look before they are shared."""


@dataclass(frozen=True)
class DicomImage:
    """``frames`` uint8 [F,H,W,3]; ``spacing`` (row, column) in mm of a pixel, None if not said;
    ``slice_spacing`` in mm between frames; ``laterality`` "R", "L", "B" or "".
    """

    frames: np.ndarray
    spacing: tuple[float, float] | None
    slice_spacing: float | None
    modality: str
    laterality: str
    burned_in_text: bool


def is_dicom(head: bytes) -> bool:
    """Whether a file that begins with ``head`` (132 bytes) is DICOM."""
    return head[_MAGIC] == b"DICM"


def read_dicom(source: str | Path | IO[bytes], max_pixels: int = 600_000_000) -> DicomImage:
    """All frames of a DICOM object; warns of burned-in text. Raises ImageError.

    MONOCHROME1 is turned, YBR and palettes become RGB, a window or the stored bits scale to 8 bit.
    """
    data, name = _opened(source), _name(source)
    frames = _number(data)
    height, width = _size(data, name)
    if frames * height * width > max_pixels:
        raise ImageError(
            f"{name}: {frames} frames of {width}×{height} px; this kit reads up to "
            f"{max_pixels // 10**6} megapixels at once: take single frames"
        )
    pixels = np.stack([_frame(data, name, k) for k in range(frames)])
    _warn(data, name)
    return DicomImage(
        pixels, _spacing(data), _slices(data), str(data.get("Modality", "")), _laterality(data),
        _has_text(data),
    )  # fmt: skip


def middle_frame(source: str | Path | IO[bytes], max_pixels: int) -> np.ndarray:
    """uint8 [H,W,3]: the one frame, or the middle one of a volume, which crosses the fovea."""
    data, name = _opened(source), _name(source)
    height, width = _size(data, name)
    if height * width > max_pixels:
        raise ImageError(
            f"{name}: {width}×{height} px; this kit reads up to {max_pixels // 10**6} megapixels, "
            "scale it down first"
        )
    _warn(data, name)
    return _frame(data, name, _number(data) // 2)


def dicom_size(source: str | Path | IO[bytes]) -> tuple[int, int]:
    """(height, width) from the header."""
    return _size(_opened(source, pixels=False), _name(source))


def _size(data: Any, name: str) -> tuple[int, int]:
    height, width = int(data.get("Rows", 0) or 0), int(data.get("Columns", 0) or 0)
    if not height or not width:
        raise ImageError(
            f"{name}: a DICOM object without an image (a report, a presentation "
            "state?); expected a fundus photo or an OCT scan"
        )
    return height, width


def _opened(source: Any, pixels: bool = True) -> Any:
    import pydicom
    from pydicom.errors import InvalidDicomError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd values in tags that are not looked at
            return pydicom.dcmread(source, stop_before_pixels=not pixels)
    except (InvalidDicomError, OSError, ValueError, TypeError, LookupError, EOFError,
            AttributeError, NotImplementedError) as error:  # fmt: skip
        raise ImageError(
            f"{_name(source)}: not a DICOM file this kit reads ({_short(error)}); export it again"
        ) from error


def _frame(data: Any, name: str, k: int) -> np.ndarray:
    """uint8 [H,W,3] of frame ``k``."""
    from pydicom.pixels import apply_color_lut, apply_modality_lut, apply_voi_lut, pixel_array

    kind = str(data.get("PhotometricInterpretation", ""))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            values = pixel_array(data, index=k)  # YBR becomes RGB
            if kind == "PALETTE COLOR":
                return _eight_bits(apply_color_lut(values, data), 0, 65535)
            if kind.startswith("MONOCHROME"):
                windowed = apply_voi_lut(apply_modality_lut(values, data), data)
                return _grey(windowed, data, kind == "MONOCHROME1")
    except (RuntimeError, NotImplementedError, ValueError, AttributeError, LookupError, TypeError,
            OSError, EOFError) as error:  # fmt: skip
        raise ImageError(_undecodable(data, name, error)) from error
    if values.ndim != 3 or values.shape[2] != 3:
        raise ImageError(f"{name}: pixels {list(values.shape)} of {kind or 'no kind'}; expected "
                         "grey or colour")  # fmt: skip
    return _eight_bits(values, 0, 2 ** int(data.BitsStored) - 1)


def _grey(values: np.ndarray, data: Any, turned: bool) -> np.ndarray:
    """A window maps to the stored range; without one the stored bits are the whole range."""
    bits, signed = int(data.BitsStored), int(data.get("PixelRepresentation", 0)) == 1
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
    slope, intercept = float(data.get("RescaleSlope", 1)), float(data.get("RescaleIntercept", 0))
    ends = sorted((low * slope + intercept, high * slope + intercept))
    level = _eight_bits(values, *ends)
    return np.repeat((255 - level if turned else level)[..., None], 3, axis=2)


def _eight_bits(values: np.ndarray, low: float, high: float) -> np.ndarray:
    if values.dtype == np.uint8 and (low, high) == (0, 255):
        return np.array(values)
    scaled = (values.astype(np.float64) - low) * (255 / max(high - low, 1e-9))
    return np.clip(np.rint(scaled), 0, 255).astype(np.uint8)


def _undecodable(data: Any, name: str, error: Exception) -> str:
    syntax = getattr(getattr(data, "file_meta", None), "TransferSyntaxUID", None)
    said = getattr(syntax, "name", None) or "an unknown transfer syntax"
    if "plugin" in str(error) or "decompress" in str(error) or "decoder" in str(error):
        return (
            f"{name}: its pixels are compressed as {said}, which is not decoded here; convert it "
            "to JPEG, JPEG 2000 or uncompressed (dcmdjpls, gdcmconv --raw)"
        )
    return f"{name}: its pixels cannot be decoded ({said}: {_short(error)}); export it again"


def _number(data: Any) -> int:
    return max(1, int(data.get("NumberOfFrames", 1) or 1))


def _measures(data: Any) -> Any:
    """Where multi-frame objects keep their geometry, else the object itself."""
    for groups in ("SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence"):
        for group in data.get(groups) or []:
            for measures in group.get("PixelMeasuresSequence") or []:
                return measures
    return data


def _spacing(data: Any) -> tuple[float, float] | None:
    said = _measures(data).get("PixelSpacing") or data.get("PixelSpacing")
    return None if not said else (float(said[0]), float(said[1]))


def _slices(data: Any) -> float | None:
    measures = _measures(data)
    said = measures.get("SpacingBetweenSlices") or measures.get("SliceThickness")
    return None if said in (None, "") else float(said)


def _laterality(data: Any) -> str:
    return str(data.get("ImageLaterality") or data.get("Laterality") or "")


def _has_text(data: Any) -> bool:
    return str(data.get("BurnedInAnnotation", "")).upper() == "YES"


def _warn(data: Any, name: str) -> None:
    if _has_text(data):
        warnings.warn(
            f"{name}: the file says that text is burned into its pixels (BurnedInAnnotation YES): "
            "it may name the patient; look, and crop it away before the picture is shared",
            BurnedInText,
            stacklevel=3,
        )


def _name(source: Any) -> str:
    return str(source) if isinstance(source, str | Path) else str(getattr(source, "name", "file"))


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__
