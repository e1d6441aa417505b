"""The hybrid network: its size, its attention by a slow formula, positions at any image size."""

from __future__ import annotations

import pytest
import torch

import glaucam
from glaucam.data import Preprocessing
from glaucam.errors import InputError
from glaucam.models import build_model
from glaucam.models.retinal_hybrid import SelfAttention, TransformerLayer
from tests.measure import relative_error


def test_it_has_about_327_thousand_parameters():
    convolutions = sum(9 * a * b + b + 2 * b for a, b in [(3, 32), (32, 64), (64, 128)])
    tokens = 128 + 128 * (28 * 28 + 1)  # class token, positions
    attention = 4 * (128 * 128 + 128)
    mlp = 128 * 256 + 256 + 256 * 128 + 128
    by_hand = convolutions + tokens + attention + mlp + 3 * 2 * 128 + 2 * 128 + 2
    count = sum(p.numel() for p in build_model("retinal_hybrid", 2).parameters())
    assert count == by_hand == 327_298


@pytest.mark.parametrize("size", [(8, 8), (96, 96), (128, 128), (224, 224), (64, 96), (97, 131)])
def test_any_size_gives_logits(size, build_net):
    assert build_net("retinal_hybrid")(torch.rand(2, 3, *size)).shape == (2, 2)


def test_positions_are_those_learned_at_224_px(build_net):
    net = build_net("retinal_hybrid")
    A = torch.zeros(1, 128, 28, 28)
    tokens = net.tokens(A)
    assert torch.equal(tokens[0, 0], (net.class_token + net.class_position)[0, 0])
    for row, column in [(0, 0), (3, 17), (27, 5)]:  # row by row, after the class token
        assert torch.equal(tokens[0, 1 + 28 * row + column], net.positions[0, :, row, column])


def test_positions_at_half_the_size_are_means_of_two_by_two(build_net):
    net = build_net("retinal_hybrid")
    places = net.tokens(torch.zeros(1, 128, 14, 14))[0, 1:].T.view(128, 14, 14)
    means = torch.nn.functional.avg_pool2d(net.positions, 2)[0]
    assert relative_error(places, means) < 1e-6


def test_attention_by_a_slow_formula():
    torch.manual_seed(2)
    layer, tokens = SelfAttention(6, 2).double(), torch.randn(1, 4, 6, dtype=torch.float64)
    mixed, A = layer(tokens, return_weights=True)
    q, k, v = layer.qkv(tokens)[0].split(6, dim=1)
    by_hand = torch.zeros(4, 6, dtype=torch.float64)
    for head in range(2):
        own = slice(3 * head, 3 * head + 3)
        for i in range(4):
            e = torch.stack([torch.exp(q[i, own] @ k[j, own] / 3**0.5) for j in range(4)])
            assert relative_error(A[0, head, i], e / e.sum()) < 1e-12
            by_hand[i, own] = sum(e[j] / e.sum() * v[j, own] for j in range(4))
    assert relative_error(mixed[0], layer.output(by_hand)) < 1e-12
    assert torch.equal(layer(tokens), mixed)


def test_the_transformer_layer_is_torchs_own():
    torch.manual_seed(3)
    ours = TransformerLayer(8, 2, 12).eval()
    theirs = torch.nn.TransformerEncoderLayer(
        8, 2, 12, dropout=0, activation="gelu", batch_first=True, norm_first=True
    ).eval()
    same = {
        "self_attn.in_proj_weight": ours.attention.qkv.weight,
        "self_attn.in_proj_bias": ours.attention.qkv.bias,
        "self_attn.out_proj.weight": ours.attention.output.weight,
        "self_attn.out_proj.bias": ours.attention.output.bias,
        "linear1.weight": ours.mlp[0].weight,
        "linear1.bias": ours.mlp[0].bias,
        "linear2.weight": ours.mlp[2].weight,
        "linear2.bias": ours.mlp[2].bias,
        "norm1.weight": ours.norm1.weight,
        "norm1.bias": ours.norm1.bias,
        "norm2.weight": ours.norm2.weight,
        "norm2.bias": ours.norm2.bias,
    }
    theirs.load_state_dict(same)
    tokens = torch.randn(2, 5, 8)
    assert relative_error(ours(tokens), theirs(tokens)) < 1e-5


def test_a_checkpoint_fits_every_size(tmp_path, build_net):
    net = build_net("retinal_hybrid")
    header = {
        "model": "retinal_hybrid",
        "classes": ["normal", "glaucoma"],
        "preprocessing": Preprocessing(size=96).to_dict(),
    }
    glaucam.save_checkpoint(tmp_path / "net.safetensors", net, header)
    loaded = glaucam.load_checkpoint(tmp_path / "net.safetensors").model
    for side in (96, 128, 224):
        images = torch.rand(1, 3, side, side)
        assert torch.equal(loaded(images), net(images))


def test_it_learns_which_quadrant_is_bright():
    """Attention must find the places of one corner: mean colour and edges do not tell."""
    torch.manual_seed(0)
    net = build_model("retinal_hybrid", 2)
    optimiser = torch.optim.Adam(net.parameters(), 1e-3)
    for _ in range(40):
        images, labels = bright_quadrants(16)
        loss = torch.nn.functional.cross_entropy(net(images), labels)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    images, labels = bright_quadrants(64)
    with torch.no_grad():
        found = net.eval()(images).argmax(dim=1)
    assert (found == labels).float().mean() > 0.9


def bright_quadrants(n: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Images with one bright square, at the top left (1) or elsewhere (0)."""
    images, labels = 0.1 * torch.randn(n, 3, 32, 32), torch.arange(n) % 2
    for image, label in zip(images, labels, strict=True):
        corner = 0 if label else 1 + int(torch.randint(3, ()))
        top, left = 16 * (corner // 2) + 2, 16 * (corner % 2) + 2
        image[:, top : top + 12, left : left + 12] += 1
    return images, labels


def test_it_has_no_weights_to_fetch():
    with pytest.raises(InputError, match="no published weights"):
        build_model("retinal_hybrid", 2, pretrained=True)
