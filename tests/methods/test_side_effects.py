"""A network is afterwards as it was: after success, after errors, in every mode of torch."""

from __future__ import annotations

import pytest
import torch
from torch import nn

import glaucam
from glaucam import explain
from glaucam.errors import InputError, ModelError, UnknownName
from glaucam.methods.attention import AttentionMethod
from tests.measure import relative_error, snapshot

FOR_CNNS = [m for m in glaucam.METHODS if not issubclass(glaucam.METHODS[m], AttentionMethod)]
IMAGES = torch.randn(2, 3, 16, 20, generator=torch.Generator().manual_seed(2))


class Restless(nn.Module):
    """Changes all it can while it runs: buffers in place and anew, random numbers, batch norm."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU(inplace=True))
        self.head = nn.Linear(8, 2)
        self.register_buffer("counted", torch.zeros(()))
        self.register_buffer("renewed", torch.zeros(2))
        self.register_buffer("empty", None)
        self.fails = False

    def forward(self, x):
        self.counted += 1
        self.renewed = self.renewed + torch.rand(2)
        self.register_buffer("late", torch.ones(3))
        A = self.body(x)
        if self.fails:
            raise ArithmeticError("the head gave way")
        return self.head(A.mean(dim=(2, 3)))


@pytest.fixture
def restless() -> Restless:
    """Half in training mode, half frozen, gradients filled in, hooked by its owner."""
    torch.manual_seed(7)
    net = Restless()
    net(IMAGES).sum().backward()
    del net._buffers["late"]
    net.body[1].eval()
    net.body[0].weight.requires_grad_(False)
    net.head.bias.grad = None
    net.body.register_forward_hook(lambda *_: None)
    return net


@pytest.mark.parametrize("method", FOR_CNNS)
def test_after_success(method, restless):
    before = snapshot(restless)
    explain(restless, IMAGES, method=method)
    assert snapshot(restless) == before


def hook_fails(net):
    net.head.register_forward_pre_hook(raise_hook)


def raise_hook(*_):
    raise ArithmeticError("the hook gave way")


def forward_fails(net):
    net.fails = True


@pytest.mark.parametrize("breaks", [hook_fails, forward_fails])
@pytest.mark.parametrize("layer", [None, "body"])
def test_after_the_network_raised(breaks, layer, restless):
    breaks(restless)
    before = snapshot(restless)
    with pytest.raises(ArithmeticError, match="gave way"):
        explain(restless, IMAGES, target_layer=layer)
    assert snapshot(restless) == before


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"target_layer": "bod"}, UnknownName),
        ({"target_layer": "head"}, ModelError),
        ({"classes": ["glaucoma"]}, UnknownName),
        ({"classes": [2]}, UnknownName),
        ({"method": "gradcm"}, UnknownName),
        ({"images": torch.full((1, 3, 16, 20), float("nan"))}, InputError),
        ({"images": torch.rand(2, 5, 16, 20)}, RuntimeError),
    ],
)
def test_after_a_wrong_request(options, error, restless):
    before = snapshot(restless)
    with pytest.raises(error):
        explain(restless, **{"images": IMAGES, **options})
    assert snapshot(restless) == before


@pytest.mark.parametrize("method", FOR_CNNS)
def test_after_a_method_raised(method, restless, monkeypatch):
    def gives_way(*_):
        raise ArithmeticError("the method gave way")

    for work in ("raw_map", "attribution", "_map"):
        monkeypatch.setattr(glaucam.METHODS[method], work, gives_way, raising=False)
    before = snapshot(restless)
    with pytest.raises(ArithmeticError):
        explain(restless, IMAGES, method=method)
    assert snapshot(restless) == before


@pytest.mark.parametrize("mode", [torch.no_grad, torch.enable_grad, torch.inference_mode])
@pytest.mark.parametrize("frozen", [False, True])
def test_modes_and_frozen_weights_change_neither_map_nor_mode(mode, frozen, build_net, eyes):
    expected = explain(build_net("resnet18"), eyes).contrast.raw
    net = build_net("resnet18")
    flags = [p.requires_grad for p in net.parameters()]
    net.requires_grad_(not frozen)
    try:
        with mode():
            grad, inference = torch.is_grad_enabled(), torch.is_inference_mode_enabled()
            images = eyes * 1  # in inference mode: a tensor no graph may hold
            raw = explain(net, images).contrast.raw
            assert (torch.is_grad_enabled(), torch.is_inference_mode_enabled()) == (grad, inference)
    finally:
        for parameter, flag in zip(net.parameters(), flags, strict=True):
            parameter.requires_grad_(flag)
    assert relative_error(raw, expected) < 1e-6


def test_the_images_are_not_written_to(restless):
    restless.body = nn.Sequential(nn.ReLU(inplace=True), *restless.body)
    images = IMAGES.clone()
    explain(restless, images)
    assert torch.equal(images, IMAGES)


def test_a_graph_built_before_can_still_be_walked(build_net, eyes):
    net = build_net("retinal_cnn")
    loss = net(eyes).sum()
    explain(net, eyes)
    gradients = torch.autograd.grad(loss, list(net.parameters()))
    assert all(torch.isfinite(g).all() for g in gradients)


def test_weights_stay_where_the_explanation_left_them_without_a_graph(restless):
    seen = explain(restless, IMAGES)
    for tensor in (seen.logits, seen.probabilities, seen.contrast.values, seen.contrast.raw):
        assert tensor.grad_fn is None
        assert not tensor.requires_grad
