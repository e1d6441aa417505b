"""Metrics: numbers about predictions and about heatmaps. They know no method and no model."""

# ruff: noqa: I001, F401  (importing registers, and this is the order of menus)
from glaucam.metrics import localisation, pointing, overlap
from glaucam.metrics import perturbation, confidence, randomisation
from glaucam.metrics.base import Metric
from glaucam.metrics.bootstrap import bootstrap_interval, paired_interval
from glaucam.metrics.confidence import average_drop, increase
from glaucam.metrics.controls import CONTROLS
from glaucam.metrics.localisation import energy_share, lift, mean_localisation
from glaucam.metrics.overlap import dice, iou
from glaucam.metrics.perturbation import deletion_auc, insertion_auc
from glaucam.metrics.pointing import pointing_hit
from glaucam.metrics.randomisation import changes_under_randomisation, randomised
from glaucam.metrics.similarity import spearman, ssim

__all__ = [
    "CONTROLS",
    "Metric",
    "average_drop",
    "bootstrap_interval",
    "changes_under_randomisation",
    "deletion_auc",
    "dice",
    "energy_share",
    "increase",
    "insertion_auc",
    "iou",
    "lift",
    "mean_localisation",
    "paired_interval",
    "pointing_hit",
    "randomised",
    "spearman",
    "ssim",
]
