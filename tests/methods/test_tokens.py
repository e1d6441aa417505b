"""Tokens and channels-last maps: laid out as maps, explained where their places are still read."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from glaucam import explain
from glaucam.errors import ForwardError, ModelError
from glaucam.methods import capture
from glaucam.models.target_layer import layouts, resolve_target_layer, target_layers
from tests.measure import relative_error

IMAGES = torch.randn(
    3, 3, 32, 48, generator=torch.Generator().manual_seed(4)
)  # 4 × 6 places of 8 px
GRID = (4, 6)


class Block(nn.Module):
    """Pre-norm attention and MLP, by torch's own attention module."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.before, self.between = nn.LayerNorm(width), nn.LayerNorm(width)
        self.mixing = nn.MultiheadAttention(width, 2, batch_first=True)
        self.mlp = nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.Linear(width, width))

    def forward(self, x):
        y = self.before(x)
        x = x + self.mixing(y, y, y, need_weights=False)[0]
        return x + self.mlp(self.between(x))


class Viewer(nn.Module):
    """A small vision transformer; ``extra``: tokens that are no places, put first or last.

    ``patches``: by a convolution, or cut out and passed through a linear layer.
    ``reads``: the first token, the last, or the mean of all.
    """

    def __init__(self, extra=1, where="first", patches="conv", reads="first", depth=3) -> None:
        super().__init__()
        self.where, self.patches, self.reads = where, patches, reads
        self.embed = nn.Conv2d(3, 16, 8, 8) if patches == "conv" else nn.Linear(3 * 64, 16)
        self.extra = nn.Parameter(torch.randn(1, extra, 16)) if extra else None
        self.blocks = nn.Sequential(*[Block(16) for _ in range(depth)])
        self.norm, self.head = nn.LayerNorm(16), nn.Linear(16, 2)

    def forward(self, x):
        if self.patches == "conv":
            t = self.embed(x).flatten(2).transpose(1, 2)
        else:
            t = self.embed(F.unfold(x, 8, stride=8).transpose(1, 2))
        if self.extra is not None:
            pair = [self.extra.expand(len(t), -1, -1), t]
            t = torch.cat(pair if self.where == "first" else pair[::-1], dim=1)
        t = self.norm(self.blocks(t))
        return self.head(t.mean(dim=1) if self.reads == "mean" else t[:, self.row()])

    def row(self):
        return 0 if self.reads == "first" else -1


class ChannelsLastNet(nn.Module):
    """Convolution, then linear layers on [N,h,w,C], mean, linear: as in Swin, without windows."""

    def __init__(self, channels=6) -> None:
        super().__init__()
        self.embed = nn.Conv2d(3, channels, 8, 8)
        self.layers = nn.Sequential(nn.LayerNorm(channels), nn.Linear(channels, channels))
        self.head = nn.Linear(channels, 2)

    def forward(self, x):
        return self.head(self.layers(self.embed(x).permute(0, 2, 3, 1)).mean(dim=(1, 2)))


# net → target layer, first token that is a place
VIEWERS = {
    "class token first": ({}, "blocks.2.before", 1),
    "class token last": ({"where": "last", "reads": "last"}, "blocks.2.before", 0),
    "class token and registers": ({"extra": 5}, "blocks.2.before", 5),
    "mean of all": ({"extra": 0, "reads": "mean"}, "norm", 0),
    "no convolution": ({"patches": "linear"}, "blocks.2.before", 1),
    "no convolution, mean": ({"patches": "linear", "extra": 0, "reads": "mean"}, "norm", 0),
}


@pytest.fixture(params=VIEWERS)
def viewer(request):
    torch.manual_seed(6)
    built, layer, first = VIEWERS[request.param]
    return Viewer(**built).eval(), layer, first


def test_the_last_layer_whose_places_are_read_is_found(viewer):
    net, layer, first = viewer
    assert resolve_target_layer(net, IMAGES) == layer
    assert target_layers(net, IMAGES) == [layer]
    layout = layouts(net, IMAGES)[layer]
    assert (layout.first, layout.height, layout.width) == (first, *GRID)


def test_gradcam_of_tokens_by_the_formula(viewer):
    """Activations and gradients by a hook and a full backward pass, places picked one by one."""
    net, layer, first = viewer
    kept = []
    hook = net.get_submodule(layer).register_forward_hook(lambda *seen: kept.append(seen[2]))
    net(IMAGES)[:, 1].sum().backward(inputs=[*net.parameters()], retain_graph=True)
    (gradient,) = torch.autograd.grad(net(IMAGES)[:, 1].sum(), kept[-1])
    hook.remove()
    by_hand = torch.zeros(3, *GRID)
    tokens = range(first, first + 24)
    for n in range(3):
        alpha = sum(gradient[n, t] for t in tokens) / 24
        for place, t in enumerate(tokens):
            by_hand[n, place // 6, place % 6] = alpha @ kept[-1][n, t]
    assert relative_error(explain(net, IMAGES).heatmaps[1].raw, by_hand) < 1e-5


def test_a_place_of_the_image_is_that_place_of_the_map(viewer):
    """Without mixing, a patch that changes moves its own place of the map and no other."""
    net, layer, _ = viewer
    for block in net.blocks:
        nn.init.zeros_(block.mixing.out_proj.weight)
    for row, column in [(0, 5), (3, 0), (1, 4), (2, 1)]:
        changed = IMAGES.clone()
        changed[:, :, 8 * row : 8 * row + 8, 8 * column : 8 * column + 8] *= -1
        with capture(net, layer, IMAGES) as one, capture(net, layer, changed) as other:
            moved = (one.activations - other.activations).abs().amax(dim=(0, 1)) > 1e-6
        assert moved.nonzero().tolist() == [[row, column]]


def test_the_last_block_has_places_that_nobody_reads():
    torch.manual_seed(6)
    net = Viewer().eval()
    with capture(net, "blocks.2", IMAGES) as captured:
        assert captured.activations.shape == (3, 16, *GRID)
        assert not captured.gradients(1).any()
    seen = explain(net, IMAGES, target_layer="blocks.2")
    assert seen.contrast.is_degenerate.all()
    assert not explain(net, IMAGES).contrast.raw.eq(0).any()


def test_a_head_that_starts_at_zero_hides_no_layer():
    net = Viewer().eval()
    nn.init.zeros_(net.head.weight)
    assert resolve_target_layer(net, IMAGES) == "blocks.2.before"
    assert explain(net, IMAGES).contrast.is_degenerate.all()
    assert not net.head.weight.any()


@pytest.mark.parametrize("channels", [4, 6, 24])
def test_channels_last_maps_are_turned(channels):
    """Also where there are as many channels as rows (4) or columns (6)."""
    torch.manual_seed(8)
    net = ChannelsLastNet(channels).eval()
    layer = resolve_target_layer(net, IMAGES)
    assert layer == "layers"
    raw = explain(net, IMAGES).heatmaps[1].raw
    with torch.no_grad():
        A = net.layers(net.embed(IMAGES).permute(0, 2, 3, 1))  # [N,h,w,C]
    cam = torch.einsum("c,nhwc->nhw", net.head.weight[1], A) / 24
    assert raw.shape == (3, *GRID)
    assert relative_error(raw, cam) < 1e-5


def test_any_layer_of_tokens_can_be_asked_for():
    torch.manual_seed(6)
    net = Viewer().eval()
    for layer in ("embed", "blocks.0", "blocks.1.mlp", "blocks.1.mlp.0"):
        assert explain(net, IMAGES, target_layer=layer).contrast.raw.shape == (3, *GRID)
    with pytest.raises(ModelError, match="layer 'head' gives a tensor"):
        explain(net, IMAGES, target_layer="head")
    with pytest.raises(ModelError, match="gives a tuple, expected a map"):
        explain(net, IMAGES, target_layer="blocks.1.mixing")


class TwoViewers(nn.Module):
    """Two transformers side by side whose answers are added."""

    def __init__(self) -> None:
        super().__init__()
        self.one, self.two = Viewer(depth=1), Viewer(depth=1)

    def forward(self, x):
        return self.one(x) + self.two(x)


def test_tokens_side_by_side_ask_for_a_layer():
    torch.manual_seed(6)
    net = TwoViewers().eval()
    for _ in range(2):
        with pytest.raises(
            ModelError, match=r"TwoViewers on several ways .* give the target_layer"
        ):
            explain(net, IMAGES)
    assert explain(net, IMAGES, target_layer="two.blocks.0.before").contrast.raw.std() > 0


def test_torchs_own_encoder_is_found_in_spite_of_its_fast_path():
    class Encoder(Viewer):
        def __init__(self) -> None:
            super().__init__()
            layer = nn.TransformerEncoderLayer(16, 2, 32, 0.0, batch_first=True, norm_first=True)
            self.blocks = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)

    torch.manual_seed(6)
    net = Encoder().eval().requires_grad_(False)
    assert resolve_target_layer(net, IMAGES) == "blocks.layers.1.norm1"
    assert explain(net, IMAGES).contrast.raw.std() > 0


def test_a_size_the_network_was_not_built_for_is_one_line(build_net):
    net = build_net("vit_b_16")
    with pytest.raises(ForwardError, match=r"cannot run images of .3, 64, 96.") as caught:
        explain(net, torch.randn(1, 3, 64, 96))
    assert "Wrong image height" in str(caught.value)
    assert "\n" not in str(caught.value)
