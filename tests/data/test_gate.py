"""The gate on phantoms, on pictures that are no eyes, and on eyes too poor to use."""

from __future__ import annotations

import os
import statistics
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage
from skimage import data

from benchmarks.non_eyes import MAKERS, made
from glaucam.data import FundusParameters, PhantomFundus, PhantomOct, judge_image, read_image
from glaucam.data.gate import FUNDUS, NEITHER, SCAN
from glaucam.errors import ImageError


def grey(image):
    return np.asarray(Image.fromarray(image).convert("L").convert("RGB"))


def kinds(images):
    return [judge_image(image).kind for image in images]


@pytest.mark.parametrize("view", ["macula", "disc", "crop"])
def test_fundus_phantoms_are_fundus_photos_also_without_colour(view):
    eyes = PhantomFundus(15, 41, FundusParameters(view=view))
    images = [eyes.image(i) for i in range(15)]
    told = kinds(images) + kinds(map(grey, images))
    assert told.count(FUNDUS) >= 24


@pytest.mark.parametrize("i", [29, 55, 84])  # at the field's edge, cut by it, as red as the rest
def test_a_photo_centred_on_the_macula_may_hide_its_disc(i):
    eye = PhantomFundus(i + 1, 31, FundusParameters(view="macula"))[i]
    assert judge_image(eye.image).kind == FUNDUS


def test_scan_phantoms_are_scans():
    scans = PhantomOct(30, 41)
    assert kinds(scans.image(i) for i in range(30)).count(SCAN) >= 29


def test_a_real_photo_is_a_good_one():
    gate = judge_image(data.retina())
    assert (gate.kind, gate.quality, gate.reasons) == (FUNDUS, "good", ())
    assert judge_image(grey(data.retina())).kind == FUNDUS


def test_hardly_anything_else_is_an_eye():
    wrong = [name for name, picture in made(2, seed=6) if judge_image(picture).kind != NEITHER]
    assert len(wrong) <= 0.03 * 2 * len(MAKERS), wrong


@pytest.mark.parametrize(
    "category", ["grey_disc", "orange_disc", "moon", "ultrasound_fan", "speckle", "text_page"]
)
def test_the_plainest_of_them_never_are(category):
    for i in range(4):
        gate = judge_image(MAKERS[category](np.random.default_rng([8, i])))
        assert (gate.kind, gate.quality) == (NEITHER, "reject")
        assert gate.reasons


def test_packaged_photos_are_no_eyes():
    named = ("astronaut", "camera", "coffee", "coins", "moon", "brick", "grass", "page")
    assert set(kinds(getattr(data, name)() for name in named)) == {NEITHER}


@pytest.fixture(scope="module")
def eye():
    return PhantomFundus(1, 3, FundusParameters(view="disc")).image(0)


def test_size_turn_and_compression_do_not_matter(eye, tmp_path):
    Image.fromarray(eye).save(tmp_path / "eye.jpg", quality=60)
    large = Image.fromarray(eye).resize((900, 900))
    for same in (tmp_path / "eye.jpg", large, eye[:, ::-1], np.rot90(eye), eye.astype(float) / 255):
        assert judge_image(same).kind == FUNDUS


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        (lambda image: image * 0.12, "dark"),
        (lambda image: 255 - (255 - image.astype(float)) * 0.15, "overexposed"),
        (lambda image: np.clip(image * 3.5, 0, 255), "clipped"),
        (lambda image: ndimage.gaussian_filter(image, (3.2, 3.2, 0)), "blurred"),
    ],
)
def test_a_spoilt_eye_is_told(eye, spoil, word):
    gate = judge_image(np.asarray(spoil(eye)).astype(np.uint8))
    assert gate.quality != "good"
    assert word in "; ".join(gate.reasons) or gate.kind == NEITHER


def test_a_faint_scan_is_told():
    scan = PhantomOct(1, 3).image(0)
    gate = judge_image((scan * 0.12).astype(np.uint8))
    assert gate.quality != "good"


@pytest.mark.parametrize("shape", [(1, 1, 3), (31, 500, 3), (32, 32, 3), (900, 33, 3)])
@pytest.mark.parametrize("level", [0, 128, 255])
def test_flat_and_tiny_pictures_are_no_eyes(shape, level):
    assert judge_image(np.full(shape, level, np.uint8)).kind == NEITHER


def test_what_is_no_picture_is_refused(tmp_path):
    (tmp_path / "eye.png").write_bytes(b"no picture")
    with pytest.raises(ImageError):
        judge_image(tmp_path / "eye.png")


def test_it_is_quick(eye):
    large = np.asarray(Image.fromarray(eye).resize((1024, 1024)))
    taken = []
    for _ in range(7):
        began = time.process_time()
        judge_image(large)
        taken.append(time.process_time() - began)
    assert statistics.median(taken) < 0.06  # about .02; twice that on a machine with much to do


@pytest.mark.realdata
@pytest.mark.skipif(not os.environ.get("GLAUCAM_REAL_DATA"), reason="GLAUCAM_REAL_DATA not set")
@pytest.mark.parametrize(
    ("name", "kind"),
    [("acrima", FUNDUS), ("drishti_gs1_train", FUNDUS), ("kermany_oct2017_val", SCAN)],
)
def test_real_eyes_are_eyes(name, kind):
    folder = Path(os.environ["GLAUCAM_REAL_DATA"]) / name
    paths = [
        path for path in sorted(folder.glob("*/*")) if path.suffix.lower() in (".jpg", ".jpeg")
    ]
    paths = paths[:: 1 + len(paths) // 40]
    told = kinds(read_image(path) for path in paths)
    assert told.count(kind) >= 0.97 * len(told)
