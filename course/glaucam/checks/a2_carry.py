"""Carry what a student's network has learnt into the library's own, so that every tool reads it.

A checkpoint is numbers under names. The student chose the names; the library knows its own.
"""

from __future__ import annotations

from torch import nn

from glaucam.checks.a2_layer_faults import faults_of_layers
from glaucam.checks.a2_layers import described, filled
from glaucam.checks.a2_numbers import plain
from glaucam.errors import CheckpointError


def as_library_model(net: nn.Module, n_classes: int) -> nn.Module:
    """The library's retinal_cnn with the numbers of ``net``, in eval mode.

    Raises CheckpointError where ``net`` has not the layers of the baseline.
    """
    from glaucam.models.retinal_cnn import RetinalCNN

    for _, came in faults_of_layers(described(net)):
        raise CheckpointError(
            f"this network is not the baseline ({came}), so the library cannot rebuild it: make "
            "the check model.layers pass, train again, then save"
        )
    model = RetinalCNN(n_classes)
    for name, parameter in model.named_parameters():
        if name.endswith("conv.bias"):
            nn.init.zeros_(parameter)  # where the student's convolutions have none
    return filled(model, {k: v.cpu().numpy() for k, v in plain(net).items()}).eval()
