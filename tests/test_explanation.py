"""``explain``: normalisation without thresholds, clear refusals, and what it hands back."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch
from torch import nn

from glaucam import Explanation, explain
from glaucam.errors import InputError, ModelError, UnknownName
from glaucam.explanation import as_heatmap
from tests.measure import correlation, relative_error
from tests.nets import ReusedReLU, special_case

SMALL = torch.randn(3, 3, 8, 10, generator=torch.Generator().manual_seed(4))


@pytest.fixture
def small() -> nn.Module:
    return special_case("flat_sequential").net


def test_a_map_is_divided_by_its_own_maximum():
    raw = torch.tensor([[[-2.0, 1.0], [4.0, 0.0]], [[3.0, -1.0], [1.5, 0.0]]])
    heatmap = as_heatmap(raw, (2, 2))
    expected = torch.tensor([[[0.0, 0.25], [1.0, 0.0]], [[1.0, 0.0], [0.5, 0.0]]])
    assert torch.equal(heatmap.values, expected)
    assert heatmap.scale.tolist() == [4.0, 3.0]
    assert heatmap.is_degenerate.tolist() == [False, False]
    assert torch.equal(heatmap.raw, raw)


@pytest.mark.parametrize("factor", [1e-30, 1e-12, 1e-7, 1.0, 1e12, 1e30])
def test_faint_and_strong_evidence_look_alike(factor):
    raw = torch.randn(2, 5, 7)
    faint = as_heatmap(raw * factor, (20, 28))
    assert relative_error(faint.values, as_heatmap(raw, (20, 28)).values) < 1e-5
    assert not faint.is_degenerate.any()


def test_without_positive_evidence_the_heatmap_is_zero_and_says_so():
    raw = torch.stack([-torch.rand(4, 4) - 0.1, torch.zeros(4, 4), torch.ones(4, 4)])
    heatmap = as_heatmap(raw, (8, 8))
    assert heatmap.is_degenerate.tolist() == [True, True, False]
    assert not heatmap.values[:2].any()
    assert heatmap.scale.tolist() == [0.0, 0.0, 1.0]
    assert torch.equal(heatmap.values[2], torch.ones(8, 8))  # uniform evidence stays, it is real


def test_rounding_is_not_evidence():
    raw = torch.full((1, 4, 4), -1.0)
    raw[0, 0, 0] = 1e-8
    assert as_heatmap(raw, (4, 4)).is_degenerate.tolist() == [True]


def test_a_map_that_overflowed_is_refused():
    with pytest.raises(ModelError, match="not finite"):
        as_heatmap(torch.tensor([[[float("inf"), 1.0]]]), (2, 2))


@pytest.mark.parametrize("scale", [1e-8, 1e4])
def test_logits_saturated_or_faint_leave_the_heatmap_alone(scale, small):
    scaled = copy.deepcopy(small)
    with torch.no_grad():
        scaled[-1].weight *= scale
        scaled[-1].bias *= scale
    ours, theirs = explain(scaled, SMALL), explain(small, SMALL)
    for c in (0, 1):
        assert relative_error(ours.heatmaps[c].values, theirs.heatmaps[c].values) < 1e-5
    assert relative_error(ours.contrast.scale, theirs.contrast.scale * scale) < 1e-5


def test_a_constant_activation_gives_a_constant_map(small):
    with torch.no_grad():
        small[0].weight.zero_()
        small[2].weight.zero_()
        small[2].bias.fill_(1)
    seen = explain(small, SMALL)
    raw = seen.contrast.raw
    assert torch.equal(raw, raw[:, :1, :1].expand_as(raw))
    winner = seen.contrast if float(raw[0, 0, 0]) > 0 else as_heatmap(-raw, (8, 10))
    assert torch.equal(winner.values, torch.ones(3, 8, 10))


def test_a_dead_head_gives_degenerate_maps(small):
    with torch.no_grad():
        small[-1].weight.zero_()
    seen = explain(small, SMALL)
    for heatmap in (*seen.heatmaps.values(), seen.contrast):
        assert heatmap.is_degenerate.all()
        assert not heatmap.values.any()
        assert not heatmap.scale.any()


def test_autocast_changes_precision_and_nothing_else(build_net, eyes):
    net = build_net("resnet18")
    with torch.autocast("cpu", dtype=torch.bfloat16):
        half = explain(net, eyes)
        assert torch.is_autocast_enabled("cpu")
    full = explain(net, eyes)
    assert half.logits.dtype == half.contrast.raw.dtype == torch.float32
    for c in (0, 1):
        assert correlation(half.heatmaps[c].raw, full.heatmaps[c].raw) > 0.99


def test_a_layer_used_more_than_once_is_explained_at_its_last_use():
    torch.manual_seed(3)
    net = ReusedReLU().eval()
    last = explain(net, SMALL, target_layer="relu").contrast.raw
    A = torch.relu(net.three(torch.relu(net.two(torch.relu(net.one(SMALL))))))
    by_hand = torch.einsum("k,nkij->nij", net.head.weight[1] - net.head.weight[0], A) / 80
    assert relative_error(last, by_hand) < 1e-5


def test_an_in_place_relu_after_the_target_does_not_reach_it():
    net = special_case("in_place_after").net
    A = net.features(SMALL)
    positive = (A > 0).float().mean(dim=(2, 3), keepdim=True) / 80
    weight = (net.head.weight[1] - net.head.weight[0])[None, :, None, None]
    assert relative_error(explain(net, SMALL).contrast.raw, (weight * positive * A).sum(1)) < 1e-5


def test_images_come_in_any_floating_precision_and_as_arrays(small):
    expected = explain(small, SMALL).contrast.values
    for images in (SMALL.double(), SMALL.numpy(), np.float64(SMALL.numpy())):
        assert relative_error(explain(small, images).contrast.values, expected) < 1e-5


def test_classes_go_by_name_index_or_alone(small):
    small.classes = ("normal", "glaucoma")
    everything = explain(small, SMALL)
    assert isinstance(everything, Explanation)
    assert list(everything.heatmaps) == ["normal", "glaucoma"]
    assert everything.heatmaps[1] is everything.heatmaps["glaucoma"]
    for asked in (["glaucoma"], "glaucoma", [1], 1, [np.int64(1)], (torch.tensor(1),)):
        seen = explain(small, SMALL, classes=asked)
        assert list(seen.heatmaps) == ["glaucoma"]
        assert torch.equal(seen.contrast.raw, everything.contrast.raw)


def test_a_class_that_was_not_explained_lists_those_that_were(small):
    small.classes = ("normal", "glaucoma")
    seen = explain(small, SMALL, classes=["normal"])
    assert "glaucoma" not in seen.heatmaps
    assert "normal" in seen.heatmaps
    assert seen.heatmaps.get("glaucoma") is None
    with pytest.raises(UnknownName, match=r"unknown explained class 'glaucoma'.*known are normal"):
        seen.heatmaps["glaucoma"]


@pytest.mark.parametrize("asked", ["glaucomma", ["glaucomma"], [2], [-1], [0.5]])
def test_a_class_that_is_not_there_lists_those_that_are(asked, small):
    small.classes = ("normal", "glaucoma")
    with pytest.raises(UnknownName, match="known are normal, glaucoma"):
        explain(small, SMALL, classes=asked)


def test_three_classes_have_three_heatmaps_and_the_contrast_of_the_first_two():
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 3))
    seen = explain(net, SMALL)
    assert list(seen.heatmaps) == ["0", "1", "2"]
    by_hand = seen.heatmaps[1].raw - seen.heatmaps[0].raw
    assert relative_error(seen.contrast.raw, by_hand) < 1e-5


@pytest.mark.parametrize("pair", [(0, 2), ("2", "1"), (1, 0)])
def test_any_two_classes_can_be_contrasted(pair):
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 3))
    seen = explain(net, SMALL, contrast=pair)
    assert seen.contrast_of == tuple(str(name) for name in pair)
    plus, minus = (seen.heatmaps[name].raw for name in seen.contrast_of)
    assert relative_error(seen.contrast.raw, plus - minus) < 1e-5  # Grad-CAM is linear in y


def test_a_contrast_with_itself_or_with_no_class_is_refused(small):
    with pytest.raises(InputError, match="two different classes"):
        explain(small, SMALL, contrast=(1, 1))
    with pytest.raises(UnknownName, match="drusen"):
        explain(small, SMALL, contrast=("drusen", 0))


@pytest.mark.parametrize(
    ("images", "says"),
    [
        (SMALL[0], r"shape \[3, 8, 10\], expected \[N,3,H,W\]: add the batch axis"),
        (SMALL[:0], r"shape \[0, 3, 8, 10\]"),
        ((SMALL * 255).to(torch.uint8), "torch.uint8, expected floating point"),
        (SMALL / 0, "NaN or infinite"),
        (torch.full_like(SMALL, float("nan")), "NaN or infinite"),
        ("eye.png", "images are a str, expected a tensor"),
        (None, "images are a NoneType, expected a tensor"),
    ],
)
def test_images_that_cannot_be_explained_say_why(images, says, small):
    with pytest.raises(InputError, match=says) as caught:
        explain(small, images)
    assert "\n" not in str(caught.value)


def test_a_network_that_overflows_says_so(small):
    with torch.no_grad():
        small[-1].weight.fill_(float("inf"))
    with pytest.raises(ModelError, match="logits are not finite"):
        explain(small, SMALL)


@pytest.mark.parametrize(
    ("layer", "says"),
    [
        ("4", None),  # the pooled map is a map of one place: flat, but no error
        ("5", r"layer '5' gives a tensor \[3, 8\], expected a map"),
        ("conv", "unknown layer 'conv': known are 0, 1, 2"),
        ("", "unknown layer ''"),
    ],
)
def test_a_layer_named_by_the_user(layer, says, small):
    if says is None:
        assert explain(small, SMALL, target_layer=layer).contrast.raw.shape == (3, 1, 1)
        return
    with pytest.raises(InputError, match=says):
        explain(small, SMALL, target_layer=layer)


class Idle(nn.Module):
    """One convolution the logits never hear of, and one that never runs."""

    def __init__(self) -> None:
        super().__init__()
        self.used, self.ignored, self.unused = (nn.Conv2d(3, 4, 3) for _ in range(3))
        self.head = nn.Linear(4, 2)

    def forward(self, x):
        self.ignored(x)
        return self.head(self.used(x).mean(dim=(2, 3)))


@pytest.mark.parametrize("layer", ["ignored", "unused"])
@pytest.mark.parametrize("frozen", [False, True])
def test_a_layer_that_the_logits_do_not_depend_on(layer, frozen):
    net = Idle().requires_grad_(not frozen)
    with pytest.raises(ModelError, match=f"the logits do not depend on layer '{layer}'"):
        explain(net, SMALL, target_layer=layer)
    assert explain(net, SMALL).target_layer == "used"


def test_an_explicit_layer_of_a_network_without_logits():
    net = nn.Sequential(nn.Conv2d(3, 4, 3))
    with pytest.raises(ModelError, match=r"expected raw logits \[N,classes\], got a tensor"):
        explain(net, SMALL, target_layer="0")
