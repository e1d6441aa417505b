"""What must hold for any right implementation, whatever the network: relative error about 1e-5."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

import glaucam
from glaucam import explain
from glaucam.errors import ModelError
from glaucam.methods import Method, capture
from glaucam.methods.input import InputMethod
from glaucam.models.target_layer import resolve_target_layer
from tests.measure import relative_error
from tests.nets import SPECIAL, random_case, special_case

OF_ACTIVATIONS = [m for m in glaucam.METHODS if glaucam.METHODS[m].look_at is Method.look_at]
OF_THE_INPUT = [m for m in glaucam.METHODS if issubclass(glaucam.METHODS[m], InputMethod)]
GAP_NETS = ["retinal_cnn", "resnet18", "efficientnet_b0", 0, 3, 6, 9]  # numbers: random networks
TIGHT = 2e-5


def last_linear(net: nn.Module) -> nn.Linear:
    return [m for m in net.modules() if isinstance(m, nn.Linear)][-1]


@pytest.fixture
def gap_net(request, build_net):
    """A network whose head is global average pooling and one linear layer, and images for it."""
    images = torch.randn(2, 3, 64, 96)
    if isinstance(request.param, str):
        return build_net(request.param), images
    return random_case(request.param, (64, 96)).net, images


@pytest.mark.parametrize("gap_net", GAP_NETS, indirect=True)
def test_with_a_linear_gap_head_gradcam_is_cam_and_hirescam(gap_net):
    net, images = gap_net
    layer = resolve_target_layer(net, images)
    raw = explain(net, images).heatmaps[1].raw
    with capture(net, layer, images) as captured:
        A, gradient = captured.activations, captured.gradients(1)
    cam = torch.einsum("k,nkij->nij", last_linear(net).weight[1], A) / A[0, 0].numel()
    assert relative_error(raw, cam) < TIGHT
    assert relative_error(raw, (gradient * A).sum(dim=1)) < TIGHT


@pytest.mark.parametrize("gap_net", GAP_NETS, indirect=True)
def test_the_raw_map_sums_to_the_logit_without_its_bias(gap_net):
    net, images = gap_net
    seen = explain(net, images)
    for c in (0, 1):
        evidence = seen.logits[:, c] - last_linear(net).bias[c]
        sums = seen.heatmaps[c].raw.sum(dim=(1, 2))
        size = seen.heatmaps[c].raw.abs().sum(dim=(1, 2))
        assert ((sums - evidence).abs() / size).max() < TIGHT


def test_the_contrast_is_the_difference_of_the_raw_maps(net, eyes):
    seen = explain(net, eyes)
    by_hand = seen.heatmaps[1].raw - seen.heatmaps[0].raw
    assert relative_error(seen.contrast.raw, by_hand) < TIGHT


@pytest.mark.parametrize("name", ["retinal_cnn", "resnet18", 1, 2])
def test_a_vector_common_to_all_classes_moves_single_maps_but_not_the_contrast(name, build_net):
    net = build_net(name) if isinstance(name, str) else random_case(name, (64, 96)).net
    images = torch.randn(2, 3, 64, 96)
    moved = copy.deepcopy(net)
    with torch.no_grad():
        head = last_linear(moved)
        head.weight += head.weight.std() * torch.randn(head.in_features)
    before, after = explain(net, images), explain(moved, images)
    assert relative_error(after.contrast.raw, before.contrast.raw) < 1e-4
    assert relative_error(after.heatmaps[1].raw, before.heatmaps[1].raw) > 1e-2
    assert relative_error(after.probabilities, before.probabilities) < 1e-4


@pytest.mark.parametrize("p", [0.5, 0.999])
def test_the_softmax_target_is_the_contrast_times_p_times_one_minus_p(p, build_net):
    net = copy.deepcopy(build_net("retinal_cnn"))
    image = torch.randn(1, 3, 64, 96)
    with torch.no_grad():
        logits = net(image)[0]
        net.classifier.bias[1] += torch.logit(torch.tensor(p)) - (logits[1] - logits[0])
    contrast = explain(net, image).contrast.raw
    with capture(net, "features", image) as captured:
        probability = captured.logits.double().softmax(dim=1)[0, 1]
        (gradient,) = torch.autograd.grad(probability, captured.leaf)
        raw = (gradient.mean(dim=(2, 3), keepdim=True) * captured.activations).sum(dim=1)
    assert probability.item() == pytest.approx(p, abs=1e-5)
    assert relative_error(raw, contrast * p * (1 - p)) < 1e-3


@pytest.mark.parametrize("method", OF_ACTIVATIONS)
def test_an_image_alone_in_a_batch_and_in_reverse_has_one_map(method, net):
    assert_images_do_not_touch(net, torch.randn(5, 3, 64, 96), method)


@pytest.mark.parametrize("method", OF_THE_INPUT)
@pytest.mark.parametrize("name", ["retinal_cnn", "resnet18"])
def test_nor_where_the_image_itself_is_explained(method, name, build_net):
    assert_images_do_not_touch(build_net(name), torch.randn(2, 3, 24, 32), method)


def assert_images_do_not_touch(net, images, method):
    whole, reverse = (explain(net, batch, method=method) for batch in (images, images.flip(0)))
    alone = [explain(net, image[None], method=method) for image in images]
    for target in (lambda seen: seen.heatmaps[1], lambda seen: seen.contrast):
        for n, raw in enumerate(target(whole).raw):
            assert relative_error(raw, target(alone[n]).raw[0]) < 1e-4
            assert relative_error(target(reverse).raw[-1 - n], raw) < 1e-4


NO_RULE = ("root_attention", "own_no_grad", "in_place_after", "attention_head")


@pytest.mark.parametrize("name", SPECIAL)
@pytest.mark.parametrize("method", [*OF_ACTIVATIONS, *OF_THE_INPUT])
def test_awkward_networks_too(method, name):
    case = special_case(name)
    images = torch.randn(6, 3, 8, 10)
    if method == "deep_lift_shap" and name in NO_RULE:
        with pytest.raises(ModelError, match="does not add up"):
            explain(case.net, images, method=method)
        return
    whole = explain(case.net, images, method=method)
    for n in range(len(images)):
        alone = explain(case.net, images[n : n + 1], method=method)
        assert relative_error(whole.contrast.raw[n], alone.contrast.raw[0]) < TIGHT


@pytest.mark.parametrize("method", OF_THE_INPUT)
@pytest.mark.parametrize("name", ["retinal_cnn", "resnet18"])
def test_maps_of_the_input_are_as_large_as_the_image(method, name, build_net):
    images = torch.randn(1, 3, 32, 48)
    seen = explain(build_net(name), images, method=method, target_layer="features")
    assert seen.target_layer == "input"
    assert seen.contrast.raw.shape == seen.contrast.values.shape == (1, 32, 48)
    assert_shapes_and_ranges(seen, images)


@pytest.mark.parametrize("method", [*OF_ACTIVATIONS, *OF_THE_INPUT])
def test_a_dead_head_gives_no_heat(method):
    net = special_case("flat_sequential").net
    torch.nn.init.zeros_(net[-1].weight)
    seen = explain(net, torch.randn(2, 3, 8, 10), method=method)
    assert seen.contrast.is_degenerate.all()
    assert not seen.contrast.values.any()


@pytest.mark.parametrize("method", OF_ACTIVATIONS)
def test_shapes_and_ranges(method, net, eyes):
    assert_shapes_and_ranges(explain(net, eyes, method=method), eyes)


def assert_shapes_and_ranges(seen, images):
    assert list(seen.heatmaps) == list(seen.classes) == ["0", "1"]
    for heatmap in (*seen.heatmaps.values(), seen.contrast):
        assert heatmap.values.shape == images[:, 0].shape
        assert heatmap.values.dtype == heatmap.raw.dtype == torch.float32
        assert heatmap.values.min() >= 0
        assert heatmap.values.max() <= 1
        assert heatmap.scale.shape == heatmap.is_degenerate.shape == images.shape[:1]
        assert not heatmap.raw.requires_grad
        peak = heatmap.raw.amax(dim=(1, 2)).clamp(min=0)
        assert torch.equal(heatmap.scale, torch.where(heatmap.is_degenerate, 0.0, peak))
    assert torch.allclose(seen.probabilities.sum(dim=1), torch.ones(len(images)))
