"""How alike two maps are: by rank, and as pictures."""

from __future__ import annotations

import numpy as np
from scipy.stats import spearmanr
from skimage.metrics import structural_similarity

from glaucam.errors import InputError

WINDOW = 11  # px, the Gaussian window of SSIM, σ 1.5


def spearman(a: np.ndarray, b: np.ndarray) -> float | None:
    """Rank correlation of two maps [H,W]; None where one is constant and has no ranks."""
    if np.ptp(a) == 0 or np.ptp(b) == 0:
        return None
    return float(spearmanr(a, b, axis=None).statistic)


def ssim(a: np.ndarray, b: np.ndarray) -> float:
    """Structural similarity of two maps [H,W] in [0,1]  (Wang et al. 2004), at least 11×11.

    1 where both are constant: neither shows anything.
    """
    if min(a.shape) < WINDOW:
        raise InputError(
            f"maps of {list(a.shape)}, expected at least {WINDOW}×{WINDOW} for SSIM: enlarge them "
            "to the image's size"
        )
    if np.ptp(a) == 0 and np.ptp(b) == 0:
        return 1.0
    return float(
        structural_similarity(
            a, b, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=1.0
        )
    )
