"""Explanation methods, one file each: what a network did with an image in, raw maps out."""

from glaucam.methods import gradcam  # noqa: F401  (it registers)
from glaucam.methods.base import Look, Method, capture
from glaucam.methods.target import CONTRAST, Target, class_logit

__all__ = ["CONTRAST", "Look", "Method", "Target", "capture", "class_logit"]
