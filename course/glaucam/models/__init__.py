"""Networks by name: ``MODELS[name].build(n_classes)`` gives an ``nn.Module`` with raw logits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glaucam.models import (  # noqa: F401  (they register)
    retinal_cnn,
    retinal_hybrid,
    timm_families,
    torchvision_families,
)
from glaucam.registry import MODELS

if TYPE_CHECKING:
    from torch import nn

__all__ = ["build_model"]


def build_model(name: str, n_classes: int, pretrained: bool = False) -> nn.Module:
    """Build the network ``name`` with ``n_classes`` raw logits: registered, or ``timm/<name>``, or
    ``torchvision/<name>``.

    Raises UnknownName, with the known names, when there is no such network.
    """
    return MODELS[name].build(n_classes, pretrained=pretrained)
