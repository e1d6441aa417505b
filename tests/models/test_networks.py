"""Registered networks: raw logits of the asked number, in any image shape they promise."""

from __future__ import annotations

import pytest
import torch
from torch import nn

import glaucam
from glaucam.errors import InputError, ModelError, UnknownName
from glaucam.models import build_model
from glaucam.models.torchvision_families import replace_last_linear


def test_logits_are_raw_and_one_per_class(net, eyes):
    with torch.no_grad():
        logits = net(eyes)
    assert logits.shape == (2, 2)
    assert not torch.allclose(logits.sum(dim=1), torch.ones(2))  # a softmax would sum to one


def test_the_head_counts_the_classes_asked_for():
    assert build_model("retinal_cnn", 4)(torch.rand(1, 3, 32, 40)).shape == (1, 4)
    assert build_model("resnet18", 5).fc.out_features == 5


def test_retinal_cnn_has_about_94_thousand_parameters():
    count = sum(p.numel() for p in build_model("retinal_cnn", 2).parameters())
    by_hand = sum(9 * a * b + b + 2 * b for a, b in [(3, 32), (32, 64), (64, 128)]) + 128 * 2 + 2
    assert count == by_hand
    assert 93_000 < count < 95_000


def test_retinal_cnn_has_no_weights_to_fetch():
    with pytest.raises(InputError, match="no published weights"):
        build_model("retinal_cnn", 2, pretrained=True)


def test_an_unknown_network_lists_the_known():
    with pytest.raises(UnknownName, match="unknown model 'vgg61': did you mean 'vgg16'"):
        build_model("vgg61", 2)
    with pytest.raises(UnknownName, match=", ".join(glaucam.MODELS)):
        build_model("nothing like it", 2)


def test_the_last_linear_is_replaced_and_keeps_its_place():
    net = nn.Sequential(nn.Flatten(), nn.Linear(12, 6), nn.ReLU(), nn.Linear(6, 9, bias=False))
    replace_last_linear(net, 2)
    assert net(torch.rand(1, 3, 2, 2)).shape == (1, 2)
    assert net[1].out_features == 6
    assert net[3].bias is None


def test_a_network_without_a_linear_layer_says_so():
    with pytest.raises(ModelError, match="no linear layer"):
        replace_last_linear(nn.Sequential(nn.Conv2d(3, 2, 1)), 2)
