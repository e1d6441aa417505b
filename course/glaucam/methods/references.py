"""The empty pictures that SHAP-like methods compare an image with."""

from __future__ import annotations

import torch

LEVELS = (-1.0, 0.0, 1.0)
"""Even pictures, in preprocessed units: one deviation darker, the mean colour, one brighter."""


def reference_images(image: torch.Tensor) -> torch.Tensor:
    """Even pictures like ``image`` [1,3,H,W], one per level: [R,3,H,W]."""
    return torch.cat([torch.full_like(image, level) for level in LEVELS])
