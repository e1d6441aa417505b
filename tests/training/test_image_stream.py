"""Images that do not fit in memory: the same numbers, and a bounded part of them is held."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from glaucam.data import FundusParameters, PhantomFundus, Preprocessing
from glaucam.errors import InputError
from glaucam.models import build_model
from glaucam.training.evaluate import part_to_judge
from glaucam.training.examples import load_examples
from glaucam.training.fit import fit
from glaucam.training.image_stream import ImageStream
from glaucam.training.predict import predict
from glaucam.training.recipe import Recipe
from glaucam.training.run_state import fingerprint

ROOT = Path(__file__).parents[2]
PREPARE = Preprocessing(size=32)
IMAGE = 3 * 32 * 32 * 4  # bytes


class Counted:
    """A data set that counts how often each image is decoded."""

    def __init__(self, data):
        self.data, self.read = data, np.zeros(len(data), int)

    def __getattr__(self, name):
        return getattr(self.data, name)

    def __len__(self):
        return len(self.data)

    def image(self, i):
        self.read[i] += 1
        return self.data.image(i)


@pytest.fixture(scope="module")
def eyes():
    return PhantomFundus(24, 3, FundusParameters(size=64, view="crop"))


def test_stream_gives_what_is_held(eyes):
    held = load_examples(eyes, PREPARE, progress=False)
    stream = load_examples(eyes, PREPARE, progress=False, memory=5 * IMAGE)
    assert isinstance(held.images, torch.Tensor)
    assert isinstance(stream.images, ImageStream)
    assert stream.images.shape == tuple(held.images.shape)
    assert torch.equal(torch.cat(list(stream.images.split(7))), held.images)
    for seed in (None, 4):
        pairs = zip(stream.loader(8, seed), held.loader(8, seed), strict=True)
        for (images, labels), (same_images, same_labels) in pairs:
            assert torch.equal(images, same_images)
            assert torch.equal(labels, same_labels)


def test_training_is_the_same_to_the_bit(eyes):
    recipe = Recipe(epochs=2, batch_size=8)
    fitted = []
    for memory in (1 << 30, 5 * IMAGE):
        parts = [
            load_examples(eyes, PREPARE, None, range(k, k + 12), False, memory) for k in (0, 12)
        ]
        fitted.append(fit(*parts, recipe, progress=False))
    assert fitted[0].history == fitted[1].history
    for one, other in zip(*(f.model.state_dict().values() for f in fitted), strict=True):
        assert torch.equal(one, other)


def test_only_so_many_are_kept_and_those_are_decoded_once(eyes):
    counted = Counted(eyes)
    stream = load_examples(counted, PREPARE, progress=False, memory=5 * IMAGE)
    for epoch in range(3):
        for _ in stream.loader(8, shuffle_seed=epoch):
            pass
    assert len(stream.images._kept) == 5
    assert sorted(counted.read) == [1] * 5 + [3] * 19
    predict(build_model("retinal_cnn", 2), stream.images)
    assert sorted(counted.read) == [1] * 5 + [4] * 19


def test_state_of_a_killed_run_belongs_to_its_images(eyes):
    parts = [
        load_examples(eyes, prepare, None, range(start, start + 12), False, memory=IMAGE)
        for prepare, start in ((PREPARE, 0), (PREPARE, 1), (Preprocessing(32, crop=False), 0))
    ]
    assert len({fingerprint(Recipe(), part) for part in parts}) == 3


def test_other_split_than_the_trained_one_is_refused(tmp_path):
    from glaucam.data import open_data
    from glaucam.training.train import card_of
    from tests.data.trees import picture

    for c, name in enumerate(("normal", "glaucoma")):
        for i in range(10):
            picture(tmp_path / name / f"{chr(97 + i)}.png", 100 * c + i)
    data = open_data(tmp_path)
    header = {"data": card_of(data)}
    assert part_to_judge(header, open_data(tmp_path), None)[0] == "test"
    other = open_data(tmp_path)
    other.splits = np.roll(other.splits, 1)
    with pytest.raises(InputError, match=r"another split.*--splits FILE"):
        part_to_judge(header, other, None)
    assert part_to_judge(header, other, "all") == ("all", None)


@pytest.mark.slow
def test_memory_grows_with_names_not_with_pixels():
    command = [sys.executable, "benchmarks/data_memory.py", "--n", "500", "2500", "--memory", "8"]
    run = subprocess.run([*command, "--json"], cwd=ROOT, capture_output=True, text=True, check=True)
    small, large = json.loads(run.stdout)["rows"]
    assert large["all_held_mb"] - small["all_held_mb"] > 90
    assert large["peak_mb"] - small["peak_mb"] < 40
