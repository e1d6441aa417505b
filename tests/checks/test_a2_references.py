"""a2's references against closed forms, slow formulas and a peer."""

import itertools

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from glaucam.checks import a2_figures as figures
from glaucam.checks import a2_thresholds as points
from glaucam.checks.a2_epochs import (
    RIGHT,
    WAYS,
    Task,
    accepted_means,
    gone_through,
    loss_mistake,
    recognised,
    wrong_means,
)
from glaucam.checks.a2_forms import (
    FORMS,
    explains,
    gradients_of,
    outputs,
)
from glaucam.checks.a2_forms import RIGHT as RIGHT_FORM
from glaucam.checks.a2_layer_faults import faults_of_layers
from glaucam.checks.a2_layers import described, filled, gradients
from glaucam.checks.a2_numbers import centred, drawn_weights, plain
from glaucam.checks.a2_public import epoch_tasks, figure_eyes, point_eyes
from glaucam.metrics.classification import operating_point as of_library
from glaucam.models.retinal_cnn import RetinalCNN


def slow_epoch(weight, x, y, size, rate):
    """Gradient descent on softmax regression [K,D], written out from ∂ℓ/∂y = (p − onehot)/n."""
    weight = weight.copy()
    for start in range(0, len(x), size):
        a, c = x[start : start + size], y[start : start + size]
        logits = a @ weight.T
        p = np.exp(logits - logits.max(1, keepdims=True))
        p /= p.sum(1, keepdims=True)
        p[np.arange(len(c)), c] -= 1
        weight -= rate * p.T @ a / len(c)
    return weight


def test_an_epoch_equals_gradient_descent_written_out():
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=(11, 4)).astype(np.float32), rng.integers(3, size=11)
    net = nn.Linear(4, 3, bias=False)
    start = net.weight.detach().numpy().copy()
    batches = list(zip(torch.from_numpy(x).split(4), torch.from_numpy(y).split(4), strict=True))
    task = Task(net, batches, lambda n: torch.optim.SGD(n.parameters(), lr=0.3),
                nn.CrossEntropyLoss())  # fmt: skip
    epoch = gone_through(RIGHT, task)
    np.testing.assert_allclose(epoch.state["weight"], slow_epoch(start, x, y, 4, 0.3), atol=1e-6)
    np.testing.assert_array_equal(net.weight.detach().numpy(), start)  # the task is not used up
    assert epoch.sizes == [4, 4, 3]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.mistake or "right")
def test_each_way_is_recognised_by_what_it_leaves(way):
    tasks = epoch_tasks()
    found = recognised([(gone_through(way, task).state, task) for task in tasks])
    assert found is not None
    assert found.mistake == way.mistake


def test_a_way_nobody_knows_is_not_called_right():
    tasks = epoch_tasks()
    states = [gone_through(RIGHT, task).state for task in tasks]
    states[0]["head.weight"] = states[0]["head.weight"] + 0.01
    assert recognised(list(zip(states, tasks, strict=True))) is None


def test_accepted_and_wrong_means_never_meet():
    epochs = [gone_through(RIGHT, task) for task in epoch_tasks()]
    for means in zip(*map(accepted_means, epochs), strict=True):
        assert loss_mistake(list(zip(means, epochs, strict=True))) == ""
    for pairs in zip(*map(wrong_means, epochs), strict=True):
        values = [value for _, value in pairs]
        assert loss_mistake(list(zip(values, epochs, strict=True))) == pairs[0][0]
    assert loss_mistake([(123.4, epoch) for epoch in epochs]) is None


def test_the_weighted_mean_is_the_loss_of_the_whole():
    """Σ w ℓ / Σ w over batches is what the weighted loss gives for all images at once."""
    task = epoch_tasks()[0]
    still = Task(task.net, task.batches, lambda net: torch.optim.SGD(net.parameters(), lr=0.0),
                 task.loss)  # fmt: skip
    way = next(way for way in WAYS if way.mistake == "no-train-mode")
    images, labels = (torch.cat(parts) for parts in zip(*task.batches, strict=True))
    with torch.no_grad():
        whole = task.loss(task.net.eval()(images), labels).item()
    assert accepted_means(gone_through(way, still))[2] == pytest.approx(whole, abs=1e-6)


@pytest.fixture
def baseline():
    torch.manual_seed(1)
    return RetinalCNN(2)


def test_the_right_form_is_the_librarys_network(baseline):
    images = torch.randn(3, 3, 40, 56)
    told = described(baseline)
    assert faults_of_layers(told) == []
    assert told["count"] == 93_954 == sum(p.numel() for p in baseline.parameters())
    weights = drawn_weights(told, torch.Generator().manual_seed(2))
    filled(baseline, {k: v.numpy() for k, v in weights.items()})
    with torch.no_grad():
        y = baseline.eval()(images)
    assert torch.allclose(y, outputs(RIGHT_FORM, told, weights, images), atol=1e-4)
    assert all(torch.equal(v, weights[k]) for k, v in plain(baseline).items())
    direction = torch.randn(3, 2)
    came_y, came = gradients(baseline, images, direction)
    expected_y, expected = gradients_of(RIGHT_FORM, told, weights, images, direction)
    assert torch.allclose(came_y, expected_y, atol=1e-4)
    for name, gradient in expected.items():
        assert torch.allclose(came[name], gradient, atol=1e-3 * float(gradient.abs().max() + 1))


@pytest.mark.parametrize("seed", range(4))
def test_no_mistaken_form_gives_the_right_logits(baseline, seed):
    told, draw = described(baseline), torch.Generator().manual_seed(seed)
    images = torch.randn(5, 3, 64, 64, generator=draw)
    weights = centred(told, drawn_weights(told, draw), images)
    right = outputs(RIGHT_FORM, told, weights, images)
    assert (right.amin(0) < 0).all()
    assert (right.amax(0) > 0).all()
    assert explains(RIGHT_FORM, told, right, weights, images)
    for form in FORMS[1:]:
        assert not explains(form, told, right, weights, images), form


def brute_force(y, p, s):
    """The smallest of all values and of one above them whose specificity is at least s."""
    normal = [v for v, truth in zip(p, y, strict=True) if truth == 0]
    fine = [t for t in [*sorted(set(p)), 2.0] if sum(v < t for v in normal) >= s * len(normal)]
    return fine[0]


@pytest.mark.parametrize("s", [0.0, 0.25, 0.5, 0.75, 1.0])
def test_thresholds_against_all_small_cases(s):
    values = (0.2, 0.5, 0.8)
    for labels in itertools.product((0, 1), repeat=4):
        if 0 not in labels:
            continue
        for p in itertools.product(values, repeat=4):
            eyes = points.Eyes(np.array(labels), np.array(p), s)
            assert points.is_right(brute_force(labels, p, s), eyes)
            assert points.is_right(of_library(eyes.y, eyes.p, s), eyes)


def test_a_threshold_between_two_eyes_is_as_good_and_one_beyond_is_not():
    eyes = points.Eyes(np.array([0, 0, 1, 0, 1, 0, 1, 1]),
                       np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.9]), 0.75)  # fmt: skip
    assert points.reference(eyes.y, eyes.p, 0.75) == 0.5  # as in the notebook, by pencil
    assert points.is_right(0.45, eyes)
    assert not points.is_right(0.4, eyes)
    assert not points.is_right(0.55, eyes)


def test_each_threshold_mistake_is_shown_and_named_by_the_public_eyes():
    eyes = point_eyes()
    for name, rule in points.MISTAKES:
        if name == "none-reaches":  # only the ends of the range show it
            continue
        answers = [(rule(e.y, e.p, e.specificity), e) for e in eyes]
        assert not all(points.is_right(t, e) for t, e in answers), name
        assert points.recognised(answers) == name


def test_figures_of_the_six_eyes_by_hand():
    eyes = figures.Eyes(np.array([1, 0, 1, 1, 0, 0]), np.array([0.9, 0.8, 0.5, 0.4, 0.3, 0.1]), 0.5)
    by_hand = {"auroc": 7 / 9, "auprc": (1 + 2 / 3 + 3 / 4) / 3, "sensitivity": 2 / 3,
               "specificity": 2 / 3, "confusion": [[2, 1], [1, 2]]}  # fmt: skip
    for key, value in by_hand.items():
        assert figures.is_right(key, [(value, eyes)]), key


@pytest.mark.parametrize("key", figures.KEYS)
def test_each_figures_mistake_is_told_from_the_right_one(key):
    eyes = figure_eyes()
    for name, rule in figures.MISTAKES[key]:
        answers = [(rule(e), e) for e in eyes]
        assert not figures.is_right(key, answers), name
        assert figures.recognised(key, answers) is not None


def test_cross_entropy_by_hand():
    """The pencil case of section 2.1."""
    y = torch.tensor([[2.0, 0.0]])
    assert F.cross_entropy(y, torch.tensor([0])).item() == pytest.approx(np.log(1 + np.exp(-2)))
    assert F.cross_entropy(y, torch.tensor([1])).item() == pytest.approx(2 + np.log(1 + np.exp(-2)))
