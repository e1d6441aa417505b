"""Grad-CAM++, HiResCAM and LayerCAM against their papers' equations and against a peer."""

from __future__ import annotations

import math

import pytest
import torch

import glaucam
from glaucam import explain
from glaucam.methods import capture
from tests.measure import relative_error
from tests.nets import random_case


def places(A):
    """Every (channel k, row i, column j) of a nested list [C][h][w]."""
    return [(k, i, j) for k in range(len(A)) for i in range(len(A[0])) for j in range(len(A[0][0]))]


def slow_hirescam(A, g):
    """Draelos and Carin 2020, eq. 5."""
    raw = [[0.0] * len(A[0][0]) for _ in A[0]]
    for k, i, j in places(A):
        raw[i][j] += g[k][i][j] * A[k][i][j]
    return raw


def slow_layercam(A, g):
    """Jiang et al. 2021, eq. 5 and 6, before the ReLU of the sum."""
    raw = [[0.0] * len(A[0][0]) for _ in A[0]]
    for k, i, j in places(A):
        raw[i][j] += max(g[k][i][j], 0) * A[k][i][j]
    return raw


def slow_gradcam_plus_plus(A, g):
    """Chattopadhay et al. 2018, eq. 5 and 19, for Y = exp(y) with y shifted to 0, so exp(y) = 1."""
    weights = [0.0] * len(A)
    sums = [sum(map(sum, channel)) for channel in A]
    for k, i, j in places(A):
        d = g[k][i][j]
        divisor = 2 * d**2 + sums[k] * d**3
        alpha = d**2 / divisor if divisor else 0.0
        weights[k] += alpha * max(math.exp(0) * d, 0)
    raw = [[0.0] * len(A[0][0]) for _ in A[0]]
    for k, i, j in places(A):
        raw[i][j] += weights[k] * A[k][i][j]
    return raw


SLOW = {
    "hirescam": slow_hirescam,
    "layercam": slow_layercam,
    "gradcam_plus_plus": slow_gradcam_plus_plus,
}


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("method", SLOW)
def test_random_networks_against_the_paper(method, seed):
    case = random_case(seed)
    images = torch.randn(2, 3, 24, 32)
    seen = explain(case.net, images, method=method)
    with capture(case.net, case.right, images) as captured:
        A, both = captured.activations.double(), [captured.gradients(c).double() for c in (0, 1)]
    for n in range(2):
        for heatmap, g in ((seen.heatmaps[1], both[1]), (seen.contrast, both[1] - both[0])):
            slow = torch.tensor(SLOW[method](A[n].tolist(), g[n].tolist()))
            largest = float((slow - heatmap.raw[n]).abs().max())
            assert largest <= 1e-4 * float(slow.abs().max())  # some maps are 0 everywhere


PEERS = {
    "hirescam": ("HiResCAM", 1),
    "layercam": ("LayerCAM", 1),
    "gradcam_plus_plus": ("GradCAMPlusPlus", 1e4),
}
"""The peer's class, and by how much to enlarge gradients so that its eps of 1e-6 does not tell."""


@pytest.mark.parametrize("method", PEERS)
def test_a_registered_network_against_pytorch_grad_cam(method, build_net, eyes):
    import pytorch_grad_cam as peers

    name, larger = PEERS[method]
    net = build_net("retinal_cnn")
    with capture(net, "features", eyes) as captured:
        A, g = captured.activations.detach(), captured.gradients(1) * larger
    ours = glaucam.METHODS[method]().raw_map(A, g)
    cam = getattr(peers, name)(model=net, target_layers=[net.features])
    try:
        peer = cam.get_cam_image(eyes, net.features, [1, 1], A.numpy(), g.numpy(), False)
    finally:
        cam.activations_and_grads.release()
    assert relative_error(ours, torch.from_numpy(peer).clamp(min=0) if method == "layercam" else
                          torch.from_numpy(peer)) < 1e-4  # fmt: skip


def test_gradcam_plus_plus_worked_by_hand():
    """A = [1, 3], g = [2, −1]: w = 2 / (2 + 2·4) = .2, raw map = [.2, .6]."""
    method = glaucam.METHODS["gradcam_plus_plus"]()
    raw = method.raw_map(torch.tensor([[[[1.0, 3.0]]]]), torch.tensor([[[[2.0, -1.0]]]]))
    assert torch.allclose(raw, torch.tensor([[[0.2, 0.6]]]))


def test_gradcam_plus_plus_at_its_pole_and_without_gradients():
    method = glaucam.METHODS["gradcam_plus_plus"]()
    A = torch.tensor([[[[-1.0, 0.0]]]])
    assert not method.raw_map(A, torch.tensor([[[[2.0, 2.0]]]])).any()  # 2 + 2·(−1) = 0
    assert not method.raw_map(A, torch.zeros(1, 1, 1, 2)).any()


@pytest.mark.parametrize("method", ["gradcam", "gradcam_plus_plus", "hirescam", "layercam"])
def test_faint_gradients_give_the_map_of_strong_ones(method):
    """The peer's eps of 1e-6 swallows gradients of 1e-5; here only the scale may change."""
    A, g = torch.rand(1, 4, 3, 5), torch.randn(1, 4, 3, 5) * 1e-5
    rule = glaucam.METHODS[method]()
    faint, fainter = rule.raw_map(A, g), rule.raw_map(A, g * 1e-6)
    assert relative_error(fainter * 1e6, faint) < 1e-3
