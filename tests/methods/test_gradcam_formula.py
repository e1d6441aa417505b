"""Grad-CAM against the paper's two equations, worked slowly in float64, and against a peer."""

from __future__ import annotations

import builtins
import copy

import pytest
import torch
from torch import nn

from glaucam import explain
from glaucam.errors import InputError, UnknownName
from glaucam.methods import capture
from glaucam.methods.peers import pytorch_gradcam_raw
from glaucam.models.target_layer import resolve_target_layer
from tests.measure import correlation, relative_error, snapshot
from tests.nets import random_case


def paper_map(A: torch.Tensor, gradient: torch.Tensor) -> torch.Tensor:
    """Equations 1 and 2 for one image, element by element: A, ∂y/∂A [C,h,w] → [h,w]."""
    A, gradient = A.tolist(), gradient.tolist()
    C, h, w = len(A), len(A[0]), len(A[0][0])
    alpha = [sum(gradient[k][i][j] for i in range(h) for j in range(w)) / (h * w) for k in range(C)]
    return torch.tensor(
        [[sum(alpha[k] * A[k][i][j] for k in range(C)) for j in range(w)] for i in range(h)],
        dtype=torch.float64,
    )


def full_backward(net: nn.Module, layer: str, image: torch.Tensor, c: int):
    """A and ∂y_c/∂A [C,h,w] by an ordinary backward pass through the whole network."""
    kept = []

    def keep(_module, _inputs, output):
        kept.append(output.clone())  # before anything in place can write into it
        kept[0].retain_grad()
        return kept[0].clone()

    with net.get_submodule(layer).register_forward_hook(keep):
        net(image)[0, c].backward()
    return kept[0].detach()[0], kept[0].grad[0]


@pytest.mark.parametrize("seed", range(9))
def test_random_networks_against_the_paper(seed):
    case = random_case(seed)
    images = torch.randn(2, 3, 24, 32)
    seen = explain(case.net, images)
    exact = copy.deepcopy(case.net).double()
    for c in (0, 1):
        for n in range(2):
            A, gradient = full_backward(exact, case.right, images[n : n + 1].double(), c)
            assert relative_error(seen.heatmaps[c].raw[n], paper_map(A, gradient)) < 1e-5


def test_against_finite_differences():
    torch.manual_seed(5)
    body = nn.Sequential(nn.Conv2d(3, 4, 3), nn.SiLU())
    head = nn.Sequential(nn.Conv2d(4, 5, 3), nn.SiLU(), nn.Flatten(), nn.Linear(5 * 3 * 4, 2))
    net = nn.Sequential(body, head).double()
    image = torch.randn(1, 3, 7, 8, dtype=torch.float64)
    with torch.no_grad():
        A = body(image)
        slope = torch.zeros_like(A)
        for place in range(A.numel()):
            step = torch.zeros_like(A).flatten()
            step[place] = 1e-6
            step = step.view_as(A)
            slope.view(-1)[place] = (head(A + step) - head(A - step))[0, 1] / 2e-6
    raw = explain(net, image, target_layer="0").heatmaps[1].raw[0]
    assert relative_error(raw, paper_map(A[0], slope[0])) < 1e-5


def test_a_two_by_two_map_by_hand():
    """A = [[1, 2], [3, 4]], y = 2·A₁₁ − 6·A₂₂: α = −1, raw map = −A."""
    net = nn.Sequential(nn.Conv2d(1, 1, 1, bias=False), nn.Flatten(), nn.Linear(4, 1, bias=False))
    with torch.no_grad():
        net[0].weight.fill_(1)
        net[2].weight.copy_(torch.tensor([[2.0, 0, 0, -6]]))
    A = torch.tensor([[[[1.0, 2], [3, 4]]]])
    seen = explain(net, A)
    assert torch.equal(seen.heatmaps[0].raw, -A[0])
    assert seen.heatmaps[0].is_degenerate.tolist() == [True]
    assert seen.contrast is None


def peers_layer(net: nn.Module, images: torch.Tensor) -> str:
    """Our layer; for DenseNet the one inside it that no in-place ReLU overwrites for the peer."""
    layer = resolve_target_layer(net, images)
    dense = [name for name, _ in net.named_modules() if name == "features.denseblock4"]
    return dense[0] if dense else layer


def test_every_registered_network_against_pytorch_grad_cam(net, eyes, record_property, capsys):
    layer = peers_layer(net, eyes)
    seen = explain(net, eyes, target_layer=layer)
    for c in (0, 1):
        peer = pytorch_gradcam_raw(net, eyes, c, layer)
        r, error = (
            correlation(seen.heatmaps[c].raw, peer),
            relative_error(seen.heatmaps[c].raw, peer),
        )
        with capsys.disabled():
            print(
                f"\n{type(net).__name__} class {c}: r {r:.8f}, relative error {error:.1e}", end=""
            )
        assert r > 0.99999
        assert error < 2e-5


def test_the_peer_reads_what_an_in_place_relu_left_behind(build_net, eyes):
    """Why DenseNet's own features differ: the peer keeps the tensor, not what was in it."""
    net = build_net("densenet121")
    with capture(net, "features", eyes) as captured:
        A, gradient = captured.activations, captured.gradients(1)
    alpha = gradient.mean(dim=(2, 3), keepdim=True)
    peer = pytorch_gradcam_raw(net, eyes, 1, "features")
    assert relative_error(peer, (alpha * A.relu()).sum(dim=1)) < 2e-5
    assert relative_error(explain(net, eyes).heatmaps[1].raw, (alpha * A).sum(dim=1)) < 2e-5


def test_the_peer_leaves_the_network_as_it_was(build_net, eyes):
    net = copy.deepcopy(build_net("retinal_cnn")).train()
    net(eyes).sum().backward()
    before = snapshot(net)
    pytorch_gradcam_raw(net, eyes, 0, "features")
    with pytest.raises(IndexError):
        pytorch_gradcam_raw(net, eyes, 7, "features")
    assert snapshot(net) == before


def test_the_peer_is_asked_for_by_name_when_missing(build_net, eyes, monkeypatch):
    real = builtins.__import__

    def without(name, *rest):
        if name.startswith("pytorch_grad_cam"):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(InputError, match="pytorch-grad-cam is not installed"):
        pytorch_gradcam_raw(build_net("retinal_cnn"), eyes, 0, "features")


def test_the_peer_knows_no_such_layer(build_net, eyes):
    with pytest.raises(UnknownName, match="unknown layer 'feature'"):
        pytorch_gradcam_raw(build_net("retinal_cnn"), eyes, 0, "feature")
