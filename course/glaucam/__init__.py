"""GlauCAM: see, and measure, what a retinal CNN sees.

``glaucam.explain(model, images)`` is the one call everything else uses. Importing this package
imports neither torch nor matplotlib; the names below load their module when first asked for.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from glaucam.registry import DATASETS, METHODS, METRICS, MODELS

if TYPE_CHECKING:
    from glaucam.explanation import Explanation, Heatmap, explain
    from glaucam.training.checkpoint import load_checkpoint, save_checkpoint

__version__ = "0.1.0"

_LAZY = {
    "Explanation": "glaucam.explanation",
    "Heatmap": "glaucam.explanation",
    "explain": "glaucam.explanation",
    "load_checkpoint": "glaucam.training.checkpoint",
    "save_checkpoint": "glaucam.training.checkpoint",
}

__all__ = [
    "DATASETS",
    "METHODS",
    "METRICS",
    "MODELS",
    "Explanation",
    "Heatmap",
    "__version__",
    "explain",
    "load_checkpoint",
    "save_checkpoint",
]


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module 'glaucam' has no attribute {name!r}")
    return getattr(importlib.import_module(_LAZY[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_LAZY])
