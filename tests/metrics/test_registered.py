"""What holds for every registered metric."""

import numpy as np
import pytest
import torch

import glaucam
from glaucam.errors import InputError

MASK = np.zeros((20, 24), bool)
MASK[4:10, 6:14] = True
IMAGE = torch.randn(3, 20, 24, generator=torch.Generator().manual_seed(0))


def predict(images):
    return torch.sigmoid(images.mean(dim=(1, 2, 3)) * 10)


NEEDED = {
    "mask": MASK,
    "image": IMAGE,
    "predict": predict,
    "randomised": np.random.default_rng(1).random(MASK.shape),
}


def scored(name, heatmap):
    metric = glaucam.METRICS[name]
    return metric()(heatmap, **{need: NEEDED[need] for need in metric.needs})


@pytest.mark.parametrize("name", glaucam.METRICS)
def test_it_says_what_it_is_and_what_it_needs(name):
    metric = glaucam.METRICS[name]
    assert metric.title
    assert metric.paper
    assert metric.__doc__
    assert isinstance(metric.higher_is_better, bool)
    assert set(metric.needs) <= NEEDED.keys()
    assert metric.needs_mask == ("mask" in metric.needs)


@pytest.mark.parametrize("name", glaucam.METRICS)
def test_it_scores_maps_as_arrays_and_tensors_alike(name):
    heatmap = np.random.default_rng(0).random(MASK.shape).astype(np.float32)
    score = scored(name, heatmap)
    assert isinstance(score, float)
    assert scored(name, torch.from_numpy(heatmap)) == score


@pytest.mark.parametrize("name", sorted({*glaucam.METRICS} - {"average_drop", "increase"}))
def test_the_scale_of_the_heat_does_not_matter_but_where_it_multiplies_the_image(name):
    heatmap = np.random.default_rng(0).random(MASK.shape)
    assert scored(name, heatmap / 2) == pytest.approx(scored(name, heatmap))


@pytest.mark.parametrize("name", glaucam.METRICS)
def test_a_map_without_heat_has_no_score(name):
    assert scored(name, np.zeros(MASK.shape)) is None


@pytest.mark.parametrize("name", [n for n, m in glaucam.METRICS.items() if m.chance is not None])
def test_a_constant_map_scores_chance(name):
    assert scored(name, np.ones(MASK.shape)) == pytest.approx(glaucam.METRICS[name].chance)


@pytest.mark.parametrize("name", glaucam.METRICS)
@pytest.mark.parametrize("bad", [np.full((20, 24), np.nan), -np.ones((20, 24)), np.ones((5, 6, 7))])
def test_what_is_no_heatmap_is_refused_in_one_line(name, bad):
    with pytest.raises(InputError) as caught:
        scored(name, bad)
    assert "\n" not in str(caught.value)
