"""The judge's formulas against slow ones, written with loops from the paper."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest
import torch

from autograder.judge.a3_gradcam.finishes import by_batch, by_maximum, by_range, enlarge
from autograder.judge.a3_gradcam.formulas import (
    AT_TIMES,
    IN_A_BATCH,
    MISTAKES,
    RIGHT,
    TOLERANCE,
    diagnose,
)
from autograder.judge.a3_gradcam.secret import Case, Secret, secret
from glaucam.checks.a3_misconceptions import MISCONCEPTIONS
from glaucam.methods.base import capture

SEEDS = range(5)


@lru_cache(maxsize=5)
def drawn(seed: int) -> Secret:
    return secret(seed)


def slow_raw_map(case: Case) -> np.ndarray:
    """Σ_k α_k A_k, α_k the mean slope over the places: eq. 1 and 2 of Selvaraju et al. 2017.

    Each slope ∂y/∂A is a central difference through the rest of the network, in float64.
    """
    with capture(case.net, case.layer, torch.from_numpy(case.images)) as captured:
        A = captured.activations.double()
    after, head = (case.net.get_submodule(name).double() for name in case.description["places"][1:])

    def y(moved: torch.Tensor) -> float:
        with torch.no_grad():
            return float(head(after(moved))[0, int(case.target)])

    _, C, h, w = A.shape
    raw, step = np.zeros((h, w)), 1e-4
    for k in range(C):
        slopes = []
        for i, j in np.ndindex(h, w):
            nudge = torch.zeros_like(A)
            nudge[0, k, i, j] = step
            slopes.append((y(A + nudge) - y(A - nudge)) / (2 * step))
        raw += np.mean(slopes) * A[0, k].numpy()
    after.float(), head.float()
    return raw


def test_the_right_raw_map_is_the_papers() -> None:
    case = drawn(0).values[1]  # with a hidden layer: α is no constant of the network
    fast = case.evidence.raw("gradcam")[0].numpy()
    assert np.abs(fast - slow_raw_map(case)).max() < 1e-4 * np.abs(fast).max()


def slow_bilinear(small: np.ndarray, size: tuple[int, int], corners: bool) -> np.ndarray:
    """Enlarge [h,w] pixel by pixel."""
    large = np.zeros(size)
    for i, j in np.ndindex(size):
        at = []
        for index, n, N in ((i, small.shape[0], size[0]), (j, small.shape[1], size[1])):
            x = index * (n - 1) / (N - 1) if corners else (index + 0.5) * n / N - 0.5
            x = min(max(x, 0), n - 1)
            low = min(int(x), n - 2)
            at.append((low, x - low))
        (r, u), (c, v) = at
        large[i, j] = (
            small[r, c] * (1 - u) * (1 - v)
            + small[r + 1, c] * u * (1 - v)
            + small[r, c + 1] * (1 - u) * v
            + small[r + 1, c + 1] * u * v
        )
    return large


@pytest.mark.parametrize(("mode", "corners"), [("centres", False), ("corners", True)])
def test_enlarging_is_bilinear(mode: str, corners: bool) -> None:
    small = torch.rand(2, 5, 7, generator=torch.Generator().manual_seed(1))
    large = enlarge(small, (20, 28), mode).numpy()
    for one, slow in zip(large, small.double().numpy(), strict=True):
        assert np.abs(one - slow_bilinear(slow, (20, 28), corners)).max() < 1e-5


def test_scaling_keeps_a_flat_map_flat() -> None:
    maps = torch.stack([torch.zeros(3, 3), torch.eye(3)])
    assert by_maximum(maps)[0].abs().max() == 0
    assert by_range(maps)[0].abs().max() == 0
    assert by_maximum(maps)[1].max() == 1


def test_scaling_by_the_batch_ties_images_together() -> None:
    maps = torch.stack([torch.eye(2), 4 * torch.eye(2)])
    assert by_batch(maps)[0].max() == 0.25
    assert by_maximum(maps)[0].max() == 1


@pytest.mark.parametrize("seed", SEEDS)
def test_every_known_mistake_is_told_from_the_right_formula(seed: int) -> None:
    evidence = [case.evidence for case in drawn(seed).values]
    for mistake in MISTAKES:
        cases = [(next(mistake.maps(e)).numpy(), e) for e in evidence]
        assert not all(RIGHT.explains(heat, e) for heat, e in cases), mistake


def test_every_known_mistake_is_called_by_its_name() -> None:
    evidence = [case.evidence for case in drawn(0).values]
    first_of_each = {mistake.id: mistake for mistake in reversed(MISTAKES)}
    for id, mistake in first_of_each.items():
        maps = [next(mistake.maps(e)).numpy() for e in evidence]
        found = diagnose(list(zip(maps, evidence, strict=True)), MISTAKES)
        assert found is not None
        assert found.id == id


def test_each_accepted_form_is_accepted() -> None:
    for case in drawn(1).values:
        for form in RIGHT.maps(case.evidence):
            assert RIGHT.explains(form.numpy(), case.evidence)


def test_a_map_that_is_off_by_more_than_the_tolerance_is_not_right() -> None:
    case = drawn(2).values[0]
    heat = next(RIGHT.maps(case.evidence)).numpy().copy()
    heat[0, 5, 5] += 3 * TOLERANCE
    assert not RIGHT.explains(heat, case.evidence)


def test_every_formula_has_words() -> None:
    for formula in (*MISTAKES, *AT_TIMES, *IN_A_BATCH):
        assert formula.id in MISCONCEPTIONS


def test_the_words_are_sentences() -> None:
    for id, words in MISCONCEPTIONS.items():
        for text in (words.shows, words.tempting):
            assert len(text.split()) > 2, id
            assert text.endswith("."), id
            assert "  " not in text, id
