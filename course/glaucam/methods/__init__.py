"""Explanation methods, one file each: activations and gradients in, raw maps out."""

from glaucam.methods import gradcam  # noqa: F401  (it registers)
from glaucam.methods.base import Method, capture

__all__ = ["Method", "capture"]
