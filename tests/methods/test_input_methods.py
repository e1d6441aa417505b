"""Methods that explain the image itself: against slow formulas, closed forms and captum."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn

import glaucam
from glaucam import explain
from glaucam.errors import ModelError
from glaucam.methods import CONTRAST, class_logit
from glaucam.methods.input import Score
from glaucam.methods.references import LEVELS, reference_images
from tests.measure import relative_error
from tests.nets import random_case

IMAGES = torch.randn(2, 3, 12, 16, generator=torch.Generator().manual_seed(6))


@pytest.fixture
def linear() -> nn.Module:
    """y = W x + b, whose gradient is W everywhere."""
    torch.manual_seed(1)
    return nn.Sequential(nn.Flatten(), nn.Linear(3 * 12 * 16, 2)).eval()


@pytest.fixture
def smooth() -> nn.Module:
    """Twice differentiable, so that integrals of its gradient converge quickly."""
    torch.manual_seed(2)
    return nn.Sequential(
        nn.Conv2d(3, 4, 3), nn.Softplus(), nn.Flatten(), nn.Linear(4 * 10 * 14, 2)
    ).eval()


def contrast_weights(linear: nn.Module) -> torch.Tensor:
    W = linear[1].weight.detach()
    return (W[1] - W[0]).view(1, 3, 12, 16)


def raw_contrast(net: nn.Module, images: torch.Tensor, method: str) -> torch.Tensor:
    return explain(net, images, method=method).contrast.raw


def slope(score, images: torch.Tensor) -> torch.Tensor:
    leaf = images.clone().requires_grad_()
    return torch.autograd.grad(score(leaf).sum(), leaf)[0]


def test_the_gradient_is_the_largest_slope_of_the_channels(linear):
    expected = contrast_weights(linear).abs().amax(dim=1)
    raw = raw_contrast(linear, IMAGES, "gradient")
    assert relative_error(raw, expected.expand_as(raw)) < 1e-6


def test_the_gradient_against_finite_differences_and_captum(smooth):
    from captum.attr import Saliency

    smooth = smooth.double()
    image = IMAGES[:1, :, :12, :16].double()
    slopes = torch.zeros(3, 12, 16, dtype=torch.float64)
    with torch.no_grad():
        for place in range(0, image.numel(), 7):
            step = torch.zeros(image.numel(), dtype=torch.float64)
            step[place] = 1e-6
            step = step.view_as(image)
            slopes.view(-1)[place] = (smooth(image + step) - smooth(image - step))[0, 1] / 2e-6
    raw = explain(smooth, image, method="gradient").heatmaps[1].raw[0]
    found = slope(lambda x: smooth(x)[:, 1], image)[0].flatten()[::7]
    assert relative_error(found, slopes.flatten()[::7]) < 1e-6
    peer = Saliency(smooth).attribute(image.requires_grad_(), target=1, abs=True).amax(dim=1)[0]
    assert relative_error(raw, peer) < 1e-6


def test_integrated_gradients_of_a_linear_network_are_weight_times_pixel(linear):
    expected = (contrast_weights(linear) * IMAGES).sum(dim=1)
    assert relative_error(raw_contrast(linear, IMAGES, "integrated_gradients"), expected) < 1e-5


def test_integrated_gradients_against_a_slow_sum(smooth):
    score, exact, steps = Score(smooth.double(), CONTRAST), IMAGES.double(), 400
    points = [slope(score, exact * (step + 0.5) / steps) for step in range(steps)]
    slow = (exact * torch.stack(points).mean(dim=0)).sum(dim=1)
    assert relative_error(raw_contrast(smooth, exact, "integrated_gradients"), slow) < 1e-5


@pytest.mark.parametrize("name", ["retinal_cnn", "resnet18"])
def test_integrated_gradients_sum_to_the_change_of_the_score(name, build_net):
    net, images = build_net(name), torch.randn(2, 3, 32, 48)
    seen = explain(net, images, method="integrated_gradients")
    change = seen.logits - net(torch.zeros_like(images))
    for c in (0, 1):
        sums = seen.heatmaps[c].raw.sum(dim=(1, 2))
        assert ((sums - change[:, c]).abs() < 0.05 * change[:, c].abs() + 1e-3).all()


def test_gradient_shap_of_a_linear_network_is_weight_times_distance(linear):
    """Σ W (x − x̄₀), where x̄₀ is the mean of the levels that were drawn: one number for all."""
    W, raw = contrast_weights(linear), raw_contrast(linear, IMAGES, "gradient_shap")
    level = ((W * IMAGES).sum(dim=1) - raw) / W.sum(dim=1)
    assert min(LEVELS) < float(level.median()) < max(LEVELS)
    expected = (W * (IMAGES - level.median())).sum(dim=1)
    assert relative_error(raw, expected) < 1e-4


def test_gradient_shap_converges_to_expected_gradients(smooth, monkeypatch):
    monkeypatch.setattr(glaucam.METHODS["gradient_shap"], "draws", 3000)
    image, score, steps = IMAGES[:1], Score(smooth, CONTRAST), 50
    slow = torch.zeros(1, 12, 16)
    for reference in reference_images(image):
        way = image - reference
        points = [slope(score, reference + way * (step + 0.5) / steps) for step in range(steps)]
        slow += (way * torch.stack(points).mean(dim=0)).sum(dim=1) / len(LEVELS)
    assert relative_error(raw_contrast(smooth, image, "gradient_shap"), slow) < 0.1


@pytest.mark.parametrize("method", ["gradient_shap", "deep_lift_shap", "integrated_gradients"])
def test_the_same_again(method, smooth):
    torch.manual_seed(1)
    first = raw_contrast(smooth, IMAGES, method)
    torch.manual_seed(2)
    assert torch.equal(raw_contrast(smooth, IMAGES, method), first)


def slow_deep_lift(net: nn.Sequential, x: torch.Tensor, x0: torch.Tensor, c: int) -> torch.Tensor:
    """The rescale rule in conv – ReLU – flatten – linear, for one image and reference [3,H,W]."""
    conv, relu, _, head = net
    before, before0 = conv(x[None]), conv(x0[None])
    rescale = (relu(before) - relu(before0)) / (before - before0)  # Δout / Δin
    above = head.weight[c].view_as(before) * rescale
    return torch.nn.functional.conv_transpose2d(above, conv.weight)[0] * (x - x0)


def test_deep_lift_shap_against_the_rescale_rule():
    torch.manual_seed(3)
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 10 * 14, 2))
    net = net.double().eval()
    raw = explain(net, IMAGES, method="deep_lift_shap").heatmaps[1].raw
    for n, x in enumerate(IMAGES.double()):
        parts = [slow_deep_lift(net, x, x0, 1) for x0 in reference_images(x[None])]
        assert relative_error(raw[n], torch.stack(parts).mean(dim=0).sum(dim=0)) < 1e-5


@pytest.mark.parametrize("name", ["retinal_cnn", "resnet18", "vgg16"])
def test_deep_lift_shap_sums_to_the_change_of_the_score(name, build_net):
    """With pools behind ReLUs, overlapping pools and reused ReLUs, where captum alone is off."""
    net, images = build_net(name), torch.randn(1, 3, 32, 48)
    seen = explain(net, images, method="deep_lift_shap")
    with torch.no_grad():
        change = (seen.logits - net(reference_images(images)))[:, 1]
    assert float(seen.heatmaps[1].raw.sum()) == pytest.approx(float(change.mean()), rel=1e-3)


def test_captum_alone_does_not_add_up_on_our_smallest_network(build_net):
    """Why the twin is there; when captum is mended this fails and the twin can shrink."""
    from captum.attr import DeepLift

    net, image = build_net("retinal_cnn"), torch.randn(1, 3, 24, 32)
    reference = torch.randn(1, 3, 24, 32)
    with pytest.warns(UserWarning, match="hooks and attributes"):
        parts = DeepLift(net).attribute(image, reference, target=1).detach()
    change = (net(image) - net(reference)).detach()[0, 1]
    assert abs(float(parts.sum() - change)) > 0.01 * abs(float(change))


def test_deep_lift_shap_refuses_what_it_has_no_rule_for(build_net):
    images = torch.randn(1, 3, 32, 32)
    with pytest.raises(ModelError, match=r"does not add up on EfficientNet.*choose gradient_shap"):
        explain(build_net("efficientnet_b0"), images, method="deep_lift_shap")


class Uncopyable(nn.Module):
    """Keeps a tensor that is part of a graph, as networks with caches do."""

    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Sequential(nn.Flatten(), nn.Linear(3 * 12 * 16, 2))
        self.kept = self.head[1].weight * 2

    def forward(self, x):
        return self.head(x)


def test_deep_lift_shap_says_so_when_captum_or_the_copy_fails(linear, monkeypatch):
    from captum.attr import DeepLiftShap

    with pytest.raises(ModelError, match="Uncopyable cannot be copied"):
        explain(Uncopyable(), IMAGES, method="deep_lift_shap")

    def fails(*_):
        raise AssertionError("two\nlines")

    monkeypatch.setattr(DeepLiftShap, "attribute", fails)
    with pytest.raises(ModelError, match=r"captum cannot run deep_lift_shap .*two lines"):
        explain(linear, IMAGES, method="deep_lift_shap")


def slow_occlusion(net, image, c: int, window: tuple[int, int], stride: tuple[int, int]):
    """Mean drop over the windows that cover a pixel, window by window."""
    H, W = image.shape[1:]
    total, times = torch.zeros(H, W), torch.zeros(H, W)
    tops = [t * stride[0] for t in range(math.ceil((H - window[0]) / stride[0]) + 1)]
    lefts = [t * stride[1] for t in range(math.ceil((W - window[1]) / stride[1]) + 1)]
    whole = net(image[None])[0, c]
    for top in tops:
        for left in lefts:
            covered = image.clone()
            covered[:, top : top + window[0], left : left + window[1]] = 0
            drop = whole - net(covered[None])[0, c]
            total[top : top + window[0], left : left + window[1]] += drop
            times[top : top + window[0], left : left + window[1]] += 1
    return total / times


@pytest.mark.parametrize(("window", "stride"), [(1 / 6, 1 / 12), (0.3, 0.2), (0.25, 0.25)])
def test_occlusion_against_a_slow_loop_and_captum(window, stride, monkeypatch):
    from captum.attr import Occlusion

    occlusion = glaucam.METHODS["occlusion"]
    monkeypatch.setattr(occlusion, "window", window)
    monkeypatch.setattr(occlusion, "stride", stride)
    net, images = random_case(4).net, torch.randn(2, 3, 24, 32)
    raw = explain(net, images, method="occlusion").heatmaps[1].raw
    w, s = ((round(part * 24), round(part * 32)) for part in (window, stride))
    with torch.no_grad():
        peer = Occlusion(net).attribute(
            images, sliding_window_shapes=(3, *w), strides=(3, *s), target=1
        )[:, 0]
        for n in range(2):
            assert relative_error(raw[n], slow_occlusion(net, images[n], 1, w, s)) < 1e-4
    assert relative_error(raw, peer) < 1e-4


def test_occlusion_of_a_linear_network_is_exact_and_signed(linear, monkeypatch):
    """Windows of one pixel: the drop is Σ_channels W x."""
    occlusion = glaucam.METHODS["occlusion"]
    monkeypatch.setattr(occlusion, "window", 1e-9)
    monkeypatch.setattr(occlusion, "stride", 1e-9)
    expected = (contrast_weights(linear) * IMAGES).sum(dim=1)
    raw = raw_contrast(linear, IMAGES, "occlusion")
    assert relative_error(raw, expected) < 1e-4
    assert raw.min() < 0 < raw.max()


class Detached(nn.Module):
    """Logits that no gradient leads back from."""

    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Linear(3, 2)

    def forward(self, x):
        return self.head(x.detach().mean(dim=(2, 3)))


def test_a_network_that_detaches_the_image():
    with pytest.raises(ModelError, match="no gradient leads from the logits back to the images"):
        explain(Detached(), IMAGES, method="gradient")
    assert explain(Detached(), IMAGES, method="occlusion").contrast.raw.shape == (2, 12, 16)


@pytest.mark.parametrize("method", ["gradient", "occlusion"])
def test_a_network_without_logits(method):
    with pytest.raises(ModelError, match=r"expected raw logits \[N,classes\], got a tensor"):
        explain(nn.Conv2d(3, 2, 1), IMAGES, method=method)


def test_targets_are_sums_of_logits():
    logits = torch.tensor([[1.0, 5.0, 2.0]])
    assert class_logit(2).score(logits).tolist() == [2]
    assert CONTRAST.score(logits).tolist() == [4]
