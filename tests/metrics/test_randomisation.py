"""Randomisation: what depends on the weights changes, what does not stays; from the top down."""

import numpy as np
import pytest
import torch

from glaucam import explain
from glaucam.errors import InputError
from glaucam.metrics import changes_under_randomisation, randomised, spearman, ssim
from tests.measure import snapshot
from tests.nets import special_case

IMAGES = torch.randn(2, 3, 24, 32, generator=torch.Generator().manual_seed(0))


@pytest.fixture
def net():
    return special_case("flat_sequential").net


def gradcam(model):
    raw = explain(model, IMAGES).heatmaps[1].raw
    return torch.nn.functional.interpolate(raw[:, None], size=(24, 32))[:, 0]


def test_layers_are_drawn_anew_from_the_logits_down(net):
    changes = list(changes_under_randomisation(net, gradcam))
    assert [change.layer for change in changes] == ["6", "2", "0"]
    last = changes[-1]
    assert all(r < 0.9 for r in last.spearman_absolute)
    assert all(s < 0.9 for s in last.ssim)


def test_in_a_cascade_the_layers_above_stay_random(net):
    weights = []

    def heatmap_of(model):
        weights.append([model[i].weight.detach().clone() for i in (6, 2, 0)])
        return IMAGES.mean(dim=1)

    list(changes_under_randomisation(net, heatmap_of))
    start, first, second, third = weights
    kept = [[bool(torch.equal(a, b)) for a, b in zip(start, then, strict=True)] for then in weights]
    assert kept == [[True, True, True], [False, True, True], [False, False, True], [False] * 3]
    assert torch.equal(first[0], third[0])
    assert torch.equal(second[1], third[1])


def test_independently_each_layer_is_random_alone(net):
    kept = []

    def heatmap_of(model):
        kept.append([bool(torch.equal(model[i].weight, net[i].weight)) for i in (6, 2, 0)])
        return IMAGES.mean(dim=1)

    list(changes_under_randomisation(net, heatmap_of, cascading=False))
    assert kept[1:] == [[False, True, True], [True, False, True], [True, True, False]]


def test_a_map_of_the_image_alone_never_changes(net):
    for change in changes_under_randomisation(net, lambda _: IMAGES.mean(dim=1)):
        assert change.spearman == [pytest.approx(1)] * 2
        assert change.ssim == [pytest.approx(1)] * 2


def test_signs_that_flip_show_in_the_signed_correlation_only(net):
    maps = iter([IMAGES.mean(dim=1), -IMAGES.mean(dim=1)])
    change = next(changes_under_randomisation(net, lambda _: next(maps)))
    assert change.spearman == [pytest.approx(-1)] * 2
    assert change.spearman_absolute == [pytest.approx(1)] * 2


def test_the_network_and_the_random_state_stay(net):
    before = snapshot(net)
    list(changes_under_randomisation(net, gradcam))
    assert snapshot(net) == before


def test_the_seed_decides(net):
    assert torch.equal(randomised(net, seed=1)[0].weight, randomised(net, seed=1)[0].weight)
    assert not torch.equal(randomised(net, seed=1)[0].weight, randomised(net, seed=2)[0].weight)


def test_weights_without_start_values_of_their_own_keep_their_spread():
    holder = torch.nn.Module()
    holder.token = torch.nn.Parameter(torch.randn(4000) * 3)
    fresh = randomised(holder)
    assert float(fresh.token.detach().std()) == pytest.approx(3, rel=0.1)
    assert not torch.equal(fresh.token, holder.token)


def test_spearman_against_ranks_by_hand():
    a, b = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[1.0, 4.0], [2.0, 3.0]])
    assert spearman(a, b) == pytest.approx(1 - 6 * (0 + 4 + 1 + 1) / (4 * 15))
    assert spearman(a, np.ones((2, 2))) is None


def test_ssim_of_equal_constant_and_unlike_maps():
    noise = np.random.default_rng(0).random((20, 20))
    assert ssim(noise, noise) == pytest.approx(1)
    assert ssim(np.ones((20, 20)), np.zeros((20, 20))) == 1
    assert ssim(noise, 1 - noise) < 0
    with pytest.raises(InputError, match="at least 11×11"):
        ssim(noise[:5], noise[:5])


def test_wrong_input_says_what_came(net):
    with pytest.raises(InputError, match=r"expected finite maps \[N,H,W\]"):
        next(changes_under_randomisation(net, lambda _: IMAGES))
    with pytest.raises(InputError, match="no weights"):
        next(changes_under_randomisation(torch.nn.ReLU(), lambda _: IMAGES.mean(dim=1)))
