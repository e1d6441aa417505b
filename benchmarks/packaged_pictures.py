"""Pictures that are no eyes and that installed packages carry. For benchmarks/gate.py."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image


def packaged() -> Iterator[tuple[str, np.ndarray]]:
    """Photos, faces, screenshots, figures and scans that installed packages carry."""
    import gradio
    import matplotlib
    import nbgrader
    import networkx
    import skimage
    import sklearn

    folders = {
        "scikit-image": Path(skimage.__file__).parent / "data",
        "scikit-learn": Path(sklearn.__file__).parent / "datasets/images",
        "gradio": Path(gradio.__file__).parent / "media_assets/images",
        "matplotlib": Path(matplotlib.get_data_path()) / "sample_data",
        "networkx": Path(networkx.__file__).parent / "drawing/tests/baseline",
        "screenshot": Path(nbgrader.__file__).parent / "docs/source/user_guide/images",
    }
    for category, folder in folders.items():
        for path in sorted(folder.glob("*.*")):
            is_eye = path.stem in ("retina", "microaneurysms")
            if path.suffix in (".png", ".jpg", ".jpeg") and not is_eye:
                yield category, opened(path)
    yield from faces()
    yield from scans()


def faces() -> Iterator[tuple[str, np.ndarray]]:
    from skimage import data

    for face in data.lfw_subset()[:100:8]:
        grey = np.clip(face * 255, 0, 255).astype(np.uint8)
        yield "face", rgb(np.asarray(Image.fromarray(grey).resize((200, 200))))


def scans() -> Iterator[tuple[str, np.ndarray]]:
    """CT, MR and other DICOM pictures of pydicom's own tests."""
    import pydicom
    from pydicom.data import get_testdata_file

    for name in ("CT_small.dcm", "MR_small.dcm", "693_UNCI.dcm", "JPEG2000.dcm", "US1_UNCI.dcm"):
        path = get_testdata_file(name, download=False)
        if path is None:
            continue
        try:
            pixels = pydicom.dcmread(path).pixel_array.astype(float)
        except (AttributeError, NotImplementedError, RuntimeError):
            continue  # a decoder that is not installed
        pixels = pixels if pixels.ndim != 4 else pixels[0]
        low, high = np.percentile(pixels, [1, 99])
        yield "scan", rgb(np.clip((pixels - low) / max(high - low, 1) * 255, 0, 255))


@cache
def photos() -> list[np.ndarray]:
    """Photos of everyday things, none smaller than 200 px."""
    chosen = ("scikit-image", "scikit-learn")
    pictures = [picture for category, picture in packaged() if category in chosen]
    return [picture for picture in pictures if min(picture.shape[:2]) >= 200]


def opened(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        image.thumbnail((800, 800))
        return np.asarray(image.convert("RGB"))


def rgb(pixels: np.ndarray) -> np.ndarray:
    """uint8 [H,W,3] of [H,W], [H,W,1] or [H,W,3]."""
    pixels = np.atleast_3d(pixels).astype(np.uint8)
    return np.repeat(pixels, 3, axis=2) if pixels.shape[2] == 1 else pixels
