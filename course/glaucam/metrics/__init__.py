"""Metrics: numbers about predictions and about heatmaps. They know no method and no model."""

from glaucam.metrics import localisation  # noqa: F401  (it registers)
from glaucam.metrics.base import Metric
from glaucam.metrics.controls import CONTROLS
from glaucam.metrics.localisation import energy_share, lift, mean_localisation

__all__ = ["CONTROLS", "Metric", "energy_share", "lift", "mean_localisation"]
