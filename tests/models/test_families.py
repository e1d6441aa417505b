"""Networks of torchvision and timm: built by name, explained at a layer found by trace."""

from __future__ import annotations

import copy
import functools
import sys

import pytest
import torch

import glaucam
from glaucam import explain
from glaucam.data import Preprocessing
from glaucam.errors import CheckpointError, InputError, UnknownName
from glaucam.methods import capture
from glaucam.models import build_model, timm_families
from tests.measure import correlation, relative_error

# name → target layer, grid of places at the network's own size
FAMILIES = {
    "timm/resnet10t": ("layer4", (6, 6)),
    "timm/mobilenetv3_small_050": ("blocks", (7, 7)),
    "timm/ghostnet_100": ("blocks", (7, 7)),
    "timm/convnext_atto": ("stages", (7, 7)),
    "timm/poolformer_s12": ("stages", (7, 7)),
    "timm/edgenext_xx_small": ("stages", (8, 8)),
    "timm/pvt_v2_b0": ("stages", (7, 7)),
    "timm/mixer_s32_224": ("norm", (7, 7)),
    "timm/pit_ti_224": ("transformers.2.blocks.3.norm1", (7, 7)),
    "timm/vit_tiny_patch16_224": ("blocks.11.norm1", (14, 14)),
    "timm/deit_tiny_distilled_patch16_224": ("blocks.11.norm1", (14, 14)),
    "convnext_tiny": ("features", (7, 7)),
    "swin_t": ("features", (7, 7)),
    "vit_b_16": ("encoder.layers.encoder_layer_11.ln_1", (14, 14)),
}


@functools.cache
def family(name: str) -> torch.nn.Module:
    """The network with two classes, random weights, and a head that does not start at zero."""
    torch.manual_seed(0)
    net = glaucam.MODELS[name].build(2).eval()
    for parameter in [p for n, p in net.named_parameters() if "head" in n and p.ndim == 2]:
        torch.nn.init.normal_(parameter, std=0.05)
    return net


def an_image(name: str, n: int = 1) -> torch.Tensor:
    side = glaucam.MODELS[name].input_size
    return torch.randn(n, 3, side, side, generator=torch.Generator().manual_seed(5))


def state(net: torch.nn.Module) -> list:
    """Weights and buffers by value; gradients, training flags and hooks."""
    return [
        {name: tensor.clone() for name, tensor in net.state_dict().items()},
        [p.grad for p in net.parameters()],
        [(m.training, len(m._forward_hooks), len(m._forward_pre_hooks)) for m in net.modules()],
        torch.get_rng_state(),
    ]


def same(one: list, other: list) -> bool:
    weights = all(torch.equal(one[0][name], other[0][name]) for name in one[0] | other[0])
    return weights and one[1:3] == other[1:3] and torch.equal(one[3], other[3])


@pytest.mark.parametrize("name", FAMILIES)
def test_the_layer_and_its_grid_are_found_by_trace(name):
    net, image = family(name), an_image(name)
    before = state(net)
    seen = explain(net, image)
    assert same(state(net), before)
    layer, grid = FAMILIES[name]
    assert seen.target_layer == layer
    for heatmap in (*seen.heatmaps.values(), seen.contrast):
        assert heatmap.raw.shape == (1, *grid)
        assert torch.isfinite(heatmap.values).all()
        assert heatmap.raw.std() > 1e-3 * heatmap.raw.abs().max() > 0


@pytest.mark.parametrize("name", FAMILIES)
def test_places_lie_where_the_image_has_them(name):
    """Where the image changes, neither on a diagonal nor in the middle, the map changes most."""
    net, image = family(name), an_image(name)
    layer, (h, w) = FAMILIES[name]
    row, column = h - 2, 1
    changed = image.clone()
    side_h, side_w = image.shape[2] // h, image.shape[3] // w
    rows = slice(side_h * row, side_h * (row + 1))
    columns = slice(side_w * column, side_w * (column + 1))
    changed[:, :, rows, columns] += torch.tensor([3.0, -3, 3])[:, None, None]
    with capture(net, layer, image) as one, capture(net, layer, changed) as other:
        moved = (one.activations - other.activations).norm(dim=1)[0]  # [h,w]
    found_row, found_column = divmod(int(moved.argmax()), w)
    assert abs(found_row - row) <= 1
    assert abs(found_column - column) <= 1


@pytest.mark.parametrize("name", ["swin_t", "vit_b_16", "timm/vit_tiny_patch16_224"])
def test_token_maps_against_pytorch_grad_cam(name):
    """The peer, told the layer and given its own way of laying out that family's outputs."""
    from pytorch_grad_cam import GradCAM
    from pytorch_grad_cam.utils.reshape_transforms import vit_reshape_transform

    def swin_reshape(output):  # [N,h,w,C] → [N,C,h,w], as the peer's tutorial on Swin has it
        return output.transpose(2, 3).transpose(1, 2)

    net, image = copy.deepcopy(family(name)).requires_grad_(False), an_image(name)
    seen = explain(net, image)
    layer = net.get_submodule(seen.target_layer)
    laid_out = swin_reshape if name == "swin_t" else vit_reshape_transform
    with GradCAM(net, [layer], reshape_transform=laid_out) as peer:
        peer.activations_and_grads(image.clone().requires_grad_())[:, 1].sum().backward()
        A = peer.activations_and_grads.activations[0].numpy()
        gradient = peer.activations_and_grads.gradients[0].numpy()
        raw = torch.tensor(peer.get_cam_image(image, layer, [1], A, gradient))
    assert correlation(seen.heatmaps[1].raw, raw) > 0.99999
    assert relative_error(seen.heatmaps[1].raw, raw) < 1e-4


def test_places_of_an_image_that_is_not_square():
    import timm

    torch.manual_seed(0)
    net = timm.create_model("vit_tiny_patch16_224", num_classes=2, img_size=(64, 112)).eval()
    assert explain(net, torch.randn(1, 3, 64, 112)).contrast.raw.shape == (1, 4, 7)


@pytest.mark.parametrize("name", ["timm/resnet10t", "timm/vit_tiny_patch16_224", "swin_t"])
def test_a_checkpoint_names_its_network(name, tmp_path):
    net, image = family(name), an_image(name)
    glaucam.save_checkpoint(tmp_path / "net.safetensors", net, header(name))
    loaded = glaucam.load_checkpoint(tmp_path / "net.safetensors").model
    with torch.no_grad():
        assert torch.equal(loaded(image), net(image))


def header(name: str) -> dict:
    preprocessing = Preprocessing(size=glaucam.MODELS[name].input_size).to_dict()
    return {"model": name, "classes": ["normal", "glaucoma"], "preprocessing": preprocessing}


def test_a_small_file_cannot_ask_for_a_huge_network(tmp_path):
    forged = header("timm/vit_tiny_patch16_224") | {"model": "timm/aimv2_3b_patch14_448"}
    glaucam.save_checkpoint(tmp_path / "net.safetensors", family("timm/resnet10t"), forged)
    with pytest.raises(CheckpointError, match=r"it has 27\d{8} numbers, the file 49\d{5}"):
        glaucam.load_checkpoint(tmp_path / "net.safetensors")


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("timm/resnet10x", "timm/resnet10t"),
        ("timm/vit_tiny_patch16_22", "timm/vit_tiny_patch16_224"),
        ("torchvision/resnet5", "torchvision/resnet50"),
    ],
)
def test_an_unknown_name_of_a_library_gives_the_nearest(name, nearest):
    with pytest.raises(UnknownName, match=f"unknown model '{name}': did you mean '{nearest}'"):
        build_model(name, 2)
    assert name not in glaucam.MODELS


@pytest.mark.parametrize("name", ["timm/hf-hub:someone/theirs", "timm/local-dir:/tmp", "timm/"])
def test_only_timms_own_networks_have_a_name(name):
    with pytest.raises(UnknownName, match="unknown model"):
        build_model(name, 2)


def test_names_of_libraries_are_found_and_not_listed():
    assert "timm/resnet18.a1_in1k" in glaucam.MODELS
    assert "torchvision/resnet34" in glaucam.MODELS
    assert not [name for name in glaucam.MODELS if "/" in name]
    assert glaucam.MODELS["timm/resnet10t"] is glaucam.MODELS["timm/resnet10t"]
    assert glaucam.MODELS["timm/edgenext_xx_small"].input_size == 256
    assert build_model("torchvision/mobilenet_v3_small", 5).classifier[-1].out_features == 5


def test_without_timm_the_line_says_what_to_install(monkeypatch):
    timm_families.timm_entry.cache_clear()
    monkeypatch.setitem(sys.modules, "timm", None)
    with pytest.raises(InputError, match="'timm/resnet10t' comes from timm, which is not inst"):
        build_model("timm/resnet10t", 2)


def test_weights_that_cannot_be_fetched_are_one_line(monkeypatch):
    def offline(*_args, **_options):
        raise OSError("no route\nto host")

    monkeypatch.setattr("timm.create_model", offline)
    with pytest.raises(InputError, match=r"of timm/resnet10t to be had .no route to host.:"):
        build_model("timm/resnet10t", 2, pretrained=True)
