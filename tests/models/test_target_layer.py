"""The target layer of networks known and unknown, and of some that have none."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from glaucam.errors import ModelError, UnknownName
from glaucam.models.target_layer import resolve_target_layer, target_layers
from tests.nets import SPECIAL, random_case, special_case

FAMOUS = {
    "retinal_cnn": (
        "features",
        {"features.block3", "features.block3.conv", "features.block3.relu"},
    ),
    "resnet18": ("layer4", {"layer4.1", "layer4.1.relu", "layer4.1.bn2"}),
    "densenet121": ("features", {"features.denseblock4", "features.norm5"}),
    "efficientnet_b0": ("features", {"features.8", "features.8.0", "features.8.2"}),
    "vgg16": ("features", {"features.28", "features.29", "features.30", "avgpool"}),
}
TOO_EARLY = {
    "resnet18": {"layer3", "layer4.0", "layer4.0.downsample", "layer4.1.conv1"},
    "densenet121": {"features.denseblock3", "features.denseblock4.denselayer16"},
    "efficientnet_b0": {"features.7"},
    "vgg16": {"features.26"},
    "retinal_cnn": {"features.block2"},
}


def output_shape(net: nn.Module, name: str, images: torch.Tensor) -> torch.Size:
    """The shape of what a layer gave when it last ran."""
    shapes = []
    with net.get_submodule(name).register_forward_hook(lambda *seen: shapes.append(seen[2].shape)):
        net(images)
    return shapes[-1]


@pytest.mark.parametrize("name", FAMOUS)
def test_famous_networks(name, build_net, eyes):
    outermost, also_right = FAMOUS[name]
    assert resolve_target_layer(build_net(name), eyes) == outermost
    found = set(target_layers(build_net(name), eyes))
    assert also_right | {outermost} <= found
    assert not TOO_EARLY[name] & found


def test_every_registered_network_resolves_to_a_map(net, eyes):
    name = resolve_target_layer(net, eyes)
    shape = output_shape(net, name, eyes)
    assert len(shape) == 4
    assert shape[2] * shape[3] > 1


@pytest.mark.parametrize("seed", range(60))
def test_random_networks(seed):
    case = random_case(seed)
    images = torch.randn(2, 3, 24, 32)
    assert resolve_target_layer(case.net, images) == case.right
    for name in target_layers(case.net, images):
        assert output_shape(case.net, name, images)[1] == case.channels
        assert name.startswith(case.right)


@pytest.mark.parametrize("name", SPECIAL)
def test_awkward_networks(name):
    case = special_case(name)
    assert resolve_target_layer(case.net, torch.randn(1, 3, 8, 10)) == case.right


def test_nesting_does_not_matter(build_net, eyes):
    outer = nn.Sequential(nn.Sequential(build_net("retinal_cnn")))
    assert resolve_target_layer(outer, eyes) == "0.0.features"


def test_renamed_modules_are_looked_at_again(eyes):
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 2))
    assert resolve_target_layer(net, eyes) == "0"
    net._modules = {f"new{key}": module for key, module in net._modules.items()}
    assert resolve_target_layer(net, eyes) == "new0"


def test_a_name_that_is_there_is_taken(build_net, eyes):
    assert resolve_target_layer(build_net("resnet18"), eyes, "layer3.1") == "layer3.1"


def test_a_name_that_is_not_there_lists_the_nearest(build_net, eyes):
    with pytest.raises(UnknownName, match="unknown layer 'layer5': did you mean 'layer"):
        resolve_target_layer(build_net("resnet18"), eyes, "layer5")


class Gives(nn.Module):
    """A convolutional network whose output is whatever ``shape`` makes of the logits."""

    def __init__(self, shape) -> None:
        super().__init__()
        self.conv, self.shape = nn.Conv2d(3, 2, 3), shape

    def forward(self, x):
        return self.shape(self.conv(x))


@pytest.mark.parametrize(
    ("shape", "came"),
    [
        (lambda A: (A.mean(dim=(2, 3)), A), "gave a tuple"),
        (lambda A: {"logits": A.mean(dim=(2, 3))}, "gave a dict"),
        (lambda A: A, r"gave a tensor \[1, 2, 62, 94\]"),
        (lambda A: A.mean(), r"gave a tensor \[\]"),
    ],
)
def test_an_output_that_is_not_logits_is_named(shape, came, eyes):
    with pytest.raises(ModelError, match=f"{came}, expected raw logits"):
        resolve_target_layer(Gives(shape), eyes)


@pytest.mark.parametrize(
    "net",
    [
        nn.Sequential(nn.Flatten(), nn.Linear(3 * 64 * 96, 2)),
        nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(3, 4, 1), nn.Flatten(), nn.Linear(4, 2)),
        Gives(lambda A: torch.zeros(len(A), 2)),
    ],
    ids=["no convolution", "convolution after the pooling", "logits without the image"],
)
def test_a_network_without_a_map_says_so(net, eyes):
    with pytest.raises(ModelError, match=r"no layer of .* gives a map"):
        resolve_target_layer(net, eyes)
