"""Near duplicates: copies are found whatever was done to them, different eyes are not."""

import io
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageEnhance

from glaucam.data import PhantomFundus, PhantomOct, near_duplicate_groups, near_duplicate_pairs
from glaucam.data.duplicates import DuplicatePair, fingerprint, grouped
from glaucam.data.images import read_image, read_small
from glaucam.data.phantoms import FundusParameters, OctParameters
from glaucam.errors import ImageError


def recompressed(image):
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=30)
    return Image.open(io.BytesIO(buffer.getvalue()))


def cropped(image):
    width, height = image.size
    return image.crop((width // 100, height // 100, width - width // 100, height - height // 100))


COPIES = {
    "recompressed": recompressed,
    "half size": lambda image: image.resize((image.width // 2, image.height // 2)),
    "squeezed": lambda image: image.resize((200, 160)),
    "brighter": lambda image: ImageEnhance.Brightness(image).enhance(1.2),
    "darker": lambda image: ImageEnhance.Brightness(image).enhance(0.7),
    "grey": lambda image: image.convert("L"),
    "cropped": cropped,
    "turned": lambda image: image.rotate(1),
}


@pytest.fixture(scope="module")
def pictures():
    """18 different phantoms: whole eyes, disc crops and scans, two eyes of each patient."""
    eyes = [
        PhantomFundus(6, 5, FundusParameters(size=256, view=view)) for view in ("macula", "crop")
    ]
    sets = [*eyes, PhantomOct(6, 5, OctParameters(size=256))]
    return [Image.fromarray(data.image(i)) for data in sets for i in range(6)]


def test_different_eyes_are_no_duplicates(pictures):
    assert near_duplicate_groups(pictures).tolist() == list(range(len(pictures)))


@pytest.mark.parametrize("copy", COPIES)
def test_copies_are_found(pictures, copy):
    n = len(pictures)
    groups = near_duplicate_groups([*pictures, *(COPIES[copy](image) for image in pictures)])
    assert groups[:n].tolist() == list(range(n))
    assert (groups[n:] == groups[:n]).mean() >= 0.85  # an eye of few vessels may be missed


def test_margins_make_no_difference(pictures):
    eye = np.asarray(pictures[0])
    wide = np.zeros((256, 400, 3), np.uint8)
    wide[:, 60:316] = eye
    assert near_duplicate_groups([eye, wide]).tolist() == [0, 0]


def test_mirrored_is_another_picture(pictures):
    eye = pictures[0]
    assert near_duplicate_pairs([eye, eye.transpose(Image.Transpose.FLIP_LEFT_RIGHT)]) == []


def test_equal_files_are_exact_and_each_is_paired_with_the_first(tmp_path, pictures):
    paths = [tmp_path / f"{i}.png" for i in range(4)]
    for path, image in zip(paths, [pictures[7]] * 3 + [recompressed(pictures[7])], strict=True):
        image.save(path)
    pairs = near_duplicate_pairs(paths)
    assert pairs[:2] == [DuplicatePair(0, 1, 1.0, True), DuplicatePair(0, 2, 1.0, True)]
    assert [(pair.first, pair.second, pair.exact) for pair in pairs[2:]] == [(0, 3, False)]
    assert 0.75 <= pairs[2].similarity <= 1
    assert near_duplicate_groups(paths).tolist() == [0, 0, 0, 0]
    assert near_duplicate_pairs([path.read_bytes() for path in paths[:2]])[0].exact


def test_groups_are_joined_along_chains():
    links = [DuplicatePair(3, 4, 0.8, False), DuplicatePair(0, 4, 0.8, False)]
    assert grouped(6, links).tolist() == [0, 1, 2, 0, 0, 5]


def test_pictures_without_structure():
    flat = [np.full((40, 50, 3), value, np.uint8) for value in (0, 90, 91)]
    assert near_duplicate_pairs(flat) == []
    assert near_duplicate_pairs([flat[1], flat[1].copy()])[0].exact
    assert near_duplicate_groups([]).tolist() == []


def test_broken_file_is_named(tmp_path):
    (tmp_path / "a.png").write_text("no image")
    with pytest.raises(ImageError, match=r"a\.png"):
        near_duplicate_groups([tmp_path / "a.png"])


def test_ten_thousand_prints_are_compared_in_little_memory():
    import tracemalloc

    from glaucam.data.duplicates import Fingerprint, duplicate_pairs

    rng = np.random.default_rng(0)
    bits = rng.integers(0, 256, (10_000, 32), np.uint8)
    detail = rng.integers(-80, 80, (10_000, 1024)).astype(np.int8)
    bits[9_000], detail[9_000] = bits[17], detail[17]
    prints = [Fingerprint(str(i).encode(), bits[i], detail[i]) for i in range(10_000)]
    tracemalloc.start()
    pairs = duplicate_pairs(prints)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [(pair.first, pair.second) for pair in pairs] == [(17, 9_000)]
    assert peak < 100e6  # their [10,000 × 10,000] distances alone would be 400 MB


def test_small_reading_is_the_image_scaled_down(tmp_path, pictures):
    big = pictures[6].resize((1600, 1200), Image.Resampling.BICUBIC)
    big.save(tmp_path / "a.jpg", quality=95)
    small = read_small(tmp_path / "a.jpg", 160)
    assert small.shape == (120, 160, 3)
    whole = Image.fromarray(read_image(tmp_path / "a.jpg")).resize((160, 120), Image.Resampling.BOX)
    assert np.abs(small.astype(int) - np.asarray(whole)).mean() < 1
    assert read_small(np.zeros((20, 30, 3), np.uint8), 160).shape == (20, 30, 3)


@pytest.mark.realdata
@pytest.mark.parametrize("name", ["acrima", "drishti_gs1_train", "kermany_oct2017_val"])
def test_real_eyes(name):
    folder = os.environ.get("GLAUCAM_REAL_DATA")
    if not folder:
        pytest.skip("GLAUCAM_REAL_DATA is not set")
    from glaucam.data import open_data

    paths = [item.path for item in open_data(Path(folder) / name).items][::4]
    copies = [Image.fromarray(read_image(path)) for path in paths[:12]]
    n, sources = len(paths), [*paths, *(recompressed(image) for image in copies)]
    groups = near_duplicate_groups(sources)
    assert groups[:n].tolist() == list(range(n))  # no two of them are one photograph
    assert groups[n:].tolist() == list(range(len(copies)))
    assert fingerprint(paths[0]).detail.any()
