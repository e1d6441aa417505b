"""Attention rollout and last attention: by hand, by a slow formula, in every way nets attend."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

import glaucam
from glaucam import explain
from glaucam.errors import ModelError
from glaucam.models.attention import AttentionWatch, fused_weights
from tests.measure import relative_error, snapshot

IMAGES = torch.randn(2, 3, 32, 48, generator=torch.Generator().manual_seed(4))
T = 1 + 4 * 6  # class token and places of 8 px


class Mixing(nn.Module):
    """Self-attention in one of the ways that networks compute it; keeps the weights it used."""

    def __init__(self, way: str) -> None:
        super().__init__()
        self.way, self.qkv = way, nn.Linear(8, 24)
        self.own = nn.MultiheadAttention(8, 2, batch_first=True)
        self.used = None

    def forward(self, x):
        of_module = self.way.startswith("module")
        if of_module:
            projected = F.linear(x, self.own.in_proj_weight, self.own.in_proj_bias)
        else:
            projected = self.qkv(x)
        q, k, v = projected.unflatten(2, (3, 2, 4)).permute(2, 0, 3, 1, 4)
        by_hand = (torch.einsum("nhqd,nhkd->nhqk", q, k) / 2).exp()
        self.used = (by_hand / by_hand.sum(dim=-1, keepdim=True)).mean(dim=1)
        if of_module:
            return self.own(x, x, x, need_weights=self.way == "module, asked")[0]
        return self.mixed(q, k, v).transpose(1, 2).flatten(2)

    def mixed(self, q, k, v):
        if self.way == "fused":
            return F.scaled_dot_product_attention(q, k, v)
        scores = q @ k.transpose(2, 3) / 2
        how = {
            "function": lambda: torch.softmax(scores, dim=-1),
            "method": lambda: scores.softmax(-1),
            "functional": lambda: F.softmax(scores, dim=3),
            "layer": lambda: nn.Softmax(dim=-1)(scores),
        }
        return how[self.way]() @ v


class Net(nn.Module):
    def __init__(self, way: str, class_token=True, depth=3) -> None:
        super().__init__()
        self.embed = nn.Conv2d(3, 8, 8, 8)
        self.first = nn.Parameter(torch.randn(1, 1, 8)) if class_token else None
        self.norms = nn.ModuleList(nn.LayerNorm(8) for _ in range(depth))
        self.layers = nn.ModuleList(Mixing(way) for _ in range(depth))
        self.head = nn.Linear(8, 2)

    def forward(self, x):
        t = self.embed(x).flatten(2).transpose(1, 2)
        if self.first is not None:
            t = torch.cat([self.first.expand(len(t), -1, -1), t], dim=1)
        for norm, layer in zip(self.norms, self.layers, strict=True):
            t = t + layer(norm(3 * t))
        return self.head(t.mean(dim=1) if self.first is None else t[:, 0])


def slow_rollout(attentions: list[np.ndarray]) -> np.ndarray:
    """Abnar and Zuidema, term by term: over all paths of tokens through the layers."""
    size = len(attentions[0])
    rollout = np.eye(size)
    for A in attentions:
        half = np.array(
            [[0.5 * A[i, j] + 0.5 * (i == j) for j in range(size)] for i in range(size)]
        )
        half /= half.sum(axis=1, keepdims=True)
        rollout = np.array(
            [[sum(half[i] * rollout[:, j]) for j in range(size)] for i in range(size)]
        )
    return rollout


def by_hand(net: Net, row) -> torch.Tensor:
    """The map of ``row`` of the rollout over what the layers used when the network last ran."""
    maps = []
    for n in range(len(IMAGES)):
        attentions = [layer.used[n].detach().double().numpy() for layer in net.layers]
        maps.append(row(slow_rollout(attentions)).reshape(4, 6))
    return torch.tensor(np.array(maps))


WAYS = ["module", "module, asked", "fused", "function", "method", "functional", "layer"]


@pytest.mark.parametrize("way", WAYS)
def test_rollout_against_the_slow_formula(way):
    torch.manual_seed(5)
    net = Net(way).eval()
    raw = explain(net, IMAGES, method="attention_rollout").heatmaps[1].raw
    with torch.no_grad():
        net(IMAGES)
    assert relative_error(raw, by_hand(net, lambda rollout: rollout[0, 1:])) < 1e-5
    assert (raw.std(dim=(1, 2)) > 1e-2 * raw.mean(dim=(1, 2))).all()


def test_without_a_class_token_all_tokens_read():
    torch.manual_seed(5)
    net = Net("fused", class_token=False).eval()
    raw = explain(net, IMAGES, method="attention_rollout").heatmaps[1].raw
    net(IMAGES)
    assert relative_error(raw, by_hand(net, lambda rollout: rollout.mean(axis=0))) < 1e-5
    assert torch.allclose(raw.sum(dim=(1, 2)), torch.ones(2))


@pytest.mark.parametrize("way", ["module", "fused", "method"])
def test_last_attention_is_what_the_last_layer_used(way):
    torch.manual_seed(5)
    net = Net(way).eval()
    raw = explain(net, IMAGES, method="last_attention").heatmaps[0].raw
    with torch.no_grad():
        net(IMAGES)
    assert relative_error(raw, net.layers[-1].used[:, 0, 1:].view(2, 4, 6)) < 1e-5


def test_two_layers_of_three_tokens_by_hand():
    """A₁ swaps tokens 1 and 2, A₂ has token 0 read from token 1: rollout₀ = (½, ¼, ¼)."""
    swap = torch.tensor([[[1.0, 0, 0], [0, 0, 1], [0, 1, 0]]])
    read = torch.tensor([[[0.0, 1, 0], [0, 1, 0], [0, 0, 1]]])
    rollout = glaucam.METHODS["attention_rollout"]().reading([swap, read])
    assert rollout[0, 0].tolist() == [0.5, 0.25, 0.25]


def test_uniform_attention_reads_all_places_alike():
    A = torch.full((1, 5, 5), 0.2)
    rollout = glaucam.METHODS["attention_rollout"]().reading([A] * 30)
    assert torch.allclose(rollout, A, atol=1e-6)


def test_the_hybrid_shows_its_own_attention(build_net, eyes):
    """One layer: the rollout is half the attention, whose map lies on the grid of features."""
    net = build_net("retinal_hybrid")
    seen = explain(net, eyes, method="last_attention")
    with torch.no_grad():
        tokens = net.tokens(net.features(eyes))
        _, A = net.transformer.attention(net.transformer.norm1(tokens), return_weights=True)
    by_hand = A.mean(dim=1)[:, 0, 1:].view(2, 8, 12)
    assert relative_error(seen.heatmaps[1].raw, by_hand) < 1e-5
    rollout = explain(net, eyes, method="attention_rollout").heatmaps[1].raw
    assert relative_error(rollout, by_hand / 2) < 1e-5


def test_attention_knows_no_classes(build_net, eyes):
    seen = explain(build_net("retinal_hybrid"), eyes, method="attention_rollout")
    assert torch.equal(seen.heatmaps[0].raw, seen.heatmaps[1].raw)
    assert seen.target_layer == "attention"
    assert seen.contrast.is_degenerate.all()
    assert not seen.contrast.values.any()
    assert not seen.heatmaps[1].is_degenerate.any()


@pytest.mark.parametrize("fused", [True, False])
def test_vit_of_timm_with_and_without_fused_attention(fused):
    """Against what timm's own layers give to a hook, where they compute their weights openly."""
    torch.manual_seed(0)
    net = glaucam.MODELS["timm/vit_tiny_patch16_224"].build(2).eval()
    images = torch.randn(1, 3, 224, 224)
    for block in net.blocks:
        block.attn.fused_attn = fused
    raw = explain(net, images, method="attention_rollout").heatmaps[1].raw
    used: list[torch.Tensor] = []
    for block in net.blocks:
        block.attn.fused_attn = False
        block.attn.attn_drop.register_forward_hook(lambda *seen: used.append(seen[2].mean(dim=1)))
    with torch.no_grad():
        net(images)
    expected = torch.linalg.multi_dot([(A[0] + torch.eye(197)) / 2 for A in reversed(used)])
    assert relative_error(raw[0], expected[0, 1:].view(14, 14)) < 1e-4


@pytest.mark.parametrize("masked", [False, True])
def test_fused_weights_are_the_softmax(masked):
    torch.manual_seed(1)
    q, k, v = torch.randn(3, 2, 2, 5, 4, dtype=torch.float64).unbind(0)
    mask = torch.rand(5, 5) < 0.7 if masked else None
    if masked:
        mask.fill_diagonal_(True)
    scores = q @ k.transpose(2, 3) * 0.3
    expected = (scores if mask is None else scores.masked_fill(~mask, -torch.inf)).softmax(dim=3)
    assert relative_error(fused_weights(q, k, v, mask, scale=0.3), expected) < 1e-12


@pytest.mark.parametrize("method", ["attention_rollout", "last_attention"])
def test_a_network_without_attention_says_so(method, build_net, eyes):
    with pytest.raises(ModelError, match=r"RetinalCNN has no self-attention .* choose gradcam"):
        explain(build_net("retinal_cnn"), eyes, method=method)


@pytest.mark.parametrize("name", ["timm/pit_ti_224", "timm/pvt_v2_b0", "timm/edgenext_xx_small"])
def test_attention_of_other_kinds_is_refused_in_one_line(name):
    torch.manual_seed(0)
    net = glaucam.MODELS[name].build(2).eval()
    side = glaucam.MODELS[name].input_size
    with pytest.raises(ModelError, match="attends in windows, among channels or at several"):
        explain(net, torch.randn(1, 3, side, side), method="attention_rollout")


@pytest.mark.parametrize("way", WAYS)
def test_watching_changes_neither_logits_nor_network(way):
    torch.manual_seed(5)
    net = Net(way)
    for layer in net.layers:
        layer.own.dropout = 0.5  # of training only
    net.eval()
    with torch.no_grad():
        plain = net(IMAGES)
        for layer in net.layers:
            layer.used = None
        with AttentionWatch() as watched:
            assert relative_error(net(IMAGES), plain) < 1e-6
    assert {shape[-2:] for shape in watched.shapes} == {(T, T)}
    before = snapshot(net)
    explain(net, IMAGES, method="attention_rollout")
    assert snapshot(net) == before
