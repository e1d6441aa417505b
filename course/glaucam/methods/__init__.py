"""Explanation methods, one file each: what a network did with an image in, raw maps out."""

# ruff: noqa: I001, F401  (importing registers, and this is the order of menus)
from glaucam.methods import gradcam, gradcam_plus_plus, hirescam, layercam
from glaucam.methods import gradient, integrated_gradients, gradient_shap, deep_lift_shap
from glaucam.methods import occlusion
from glaucam.methods import attention_rollout, last_attention
from glaucam.methods.base import Look, Method, capture
from glaucam.methods.target import CONTRAST, Target, class_logit

__all__ = ["CONTRAST", "Look", "Method", "Target", "capture", "class_logit"]
