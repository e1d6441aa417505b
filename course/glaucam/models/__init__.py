"""Networks by name: ``MODELS[name].build(n_classes)`` gives an ``nn.Module`` with raw logits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glaucam.models import (  # noqa: F401  (they register, in the order of menus)
    retinal_cnn,
    retinal_hybrid,
    torchvision_families,
)  # isort: skip
from glaucam.registry import MODELS

if TYPE_CHECKING:
    from torch import nn

__all__ = ["build_model"]


def build_model(name: str, n_classes: int, pretrained: bool = False) -> nn.Module:
    """Build the registered network ``name`` with ``n_classes`` raw logits.

    Raises UnknownName, with the known names, when there is no such network.
    """
    return MODELS[name].build(n_classes, pretrained=pretrained)
