"""The loop learns, repeats itself exactly, and survives a kill."""

import importlib.util
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from glaucam.errors import CheckpointError, DataError, InputError, UnknownName
from glaucam.training.augment import augment
from glaucam.training.best import Best
from glaucam.training.examples import Examples
from glaucam.training.fit import class_weights, fit
from glaucam.training.recipe import Recipe
from glaucam.training.run_state import RunState

SCRIPT = Path(__file__).with_name("killed_run.py")
spec = importlib.util.spec_from_file_location("killed_run", SCRIPT)
killed_run = importlib.util.module_from_spec(spec)
spec.loader.exec_module(killed_run)
spots, RECIPE = killed_run.spots, killed_run.RECIPE


def same(a, b):
    return all(torch.equal(a[name], b[name]) for name in a)


@pytest.fixture(scope="module")
def fitted():
    return fit(spots(70, 0), spots(30, 1), RECIPE, progress=False)


def test_it_learns_and_keeps_the_best_epoch(fitted):
    ranks = [(row["validation_auroc"], -row["validation_loss"]) for row in fitted.history]
    assert max(ranks)[0] > 0.95
    assert ranks[fitted.best_epoch] == max(ranks)
    assert not fitted.model.training
    assert fitted.model.classes == ("normal", "glaucoma")


def test_shuffled_labels_are_not_learnt():
    train, validation = spots(70, 0), spots(60, 1)
    order = torch.randperm(60, generator=torch.Generator().manual_seed(2))
    shuffled = Examples(validation.images, validation.labels[order], validation.classes)
    final = fit(train, shuffled, RECIPE, progress=False).history[-1]
    assert 0.3 < final["validation_auroc"] < 0.7


def test_the_same_seed_gives_the_same_weights_and_another_others(fitted):
    torch.manual_seed(99)  # the caller's own state must not matter …
    before = torch.random.get_rng_state()
    again = fit(spots(70, 0), spots(30, 1), RECIPE, progress=False)
    assert torch.equal(torch.random.get_rng_state(), before)  # … nor be touched
    assert same(again.model.state_dict(), fitted.model.state_dict())
    assert again.history == fitted.history
    other = fit(spots(70, 0), spots(30, 1), Recipe(epochs=1, seed=4), progress=False)
    assert not same(other.model.state_dict(), fitted.model.state_dict())


def test_a_killed_run_goes_on_to_the_very_weights_of_one_that_was_not(fitted, tmp_path):
    state = tmp_path / "state.pt"
    run = subprocess.Popen([sys.executable, SCRIPT, state])
    deadline = time.monotonic() + 120
    while not state.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    os.kill(run.pid, signal.SIGKILL)
    assert run.wait(10) == -signal.SIGKILL
    done = torch.load(state, weights_only=True)["history"]
    assert 1 <= len(done) < RECIPE.epochs
    resumed = fit(spots(70, 0), spots(30, 1), RECIPE, state, progress=False)
    assert resumed.history[: len(done)] == done
    assert resumed.history == fitted.history
    assert same(resumed.model.state_dict(), fitted.model.state_dict())


def test_a_state_of_another_run_or_a_damaged_one_is_refused(tmp_path):
    state, train, validation = tmp_path / "state.pt", spots(40, 0), spots(20, 1)
    fit(train, validation, Recipe(epochs=1), state, progress=False)
    with pytest.raises(CheckpointError, match="belongs to another run"):
        fit(train, validation, Recipe(epochs=1, seed=1), state, progress=False)
    with pytest.raises(CheckpointError, match="belongs to another run"):
        fit(spots(40, 5), validation, Recipe(epochs=1), state, progress=False)
    state.write_bytes(state.read_bytes()[:500])
    with pytest.raises(CheckpointError, match="damaged"):
        fit(train, validation, Recipe(epochs=1), state, progress=False)


def test_a_state_that_carries_code_is_refused(tmp_path):
    state = tmp_path / "state.pt"
    torch.save({"belongs_to": print}, state)
    with pytest.raises(CheckpointError, match="damaged"):
        RunState(state, RECIPE, spots(10, 0)).load(None, None, Best())


def test_rare_classes_weigh_more_so_that_all_weigh_the_same():
    labels = torch.tensor([0] * 6 + [1] * 2)
    assert class_weights(labels, ("a", "b")).tolist() == pytest.approx([8 / 12, 8 / 4])
    with pytest.raises(DataError, match="no training image of class 'b'"):
        class_weights(torch.zeros(3, dtype=torch.long), ("a", "b"))


def test_the_first_step_is_the_one_done_by_hand():
    """Cross-entropy weighted by class, then AdamW at the schedule's first rate."""
    train = spots(16, 0)
    train = Examples(train.images, (torch.arange(16) < 4).long(), train.classes)
    recipe = Recipe(epochs=1, batch_size=16, augment=False, seed=1, learning_rate=1e-2)
    fitted = fit(train, train, recipe, progress=False)
    from glaucam.models import build_model

    torch.manual_seed(1)
    model = build_model("retinal_cnn", 2)
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-2, weight_decay=1e-4)
    log_p = model(train.images).log_softmax(1)[torch.arange(16), train.labels]
    w = torch.tensor([16 / (2 * 12), 16 / (2 * 4)])[train.labels]
    (-(w * log_p).sum() / w.sum()).backward()
    optimiser.step()
    # The head only: Adam's first step is ± the rate, and a convolution's bias before BatchNorm has
    # a gradient of rounding errors, whose sign is chance.
    for name in ("classifier.weight", "classifier.bias", "features.block1.norm.running_mean"):
        got, expected = fitted.model.state_dict()[name], model.state_dict()[name]
        torch.testing.assert_close(got, expected, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("schedule", ["cosine", "step", "constant"])
def test_the_rate_follows_its_schedule(schedule):
    recipe = Recipe(schedule=schedule, learning_rate=1.0)
    expected = {"cosine": [1, 0.5, 0], "step": [1, 1, 0.1], "constant": [1, 1, 1]}[schedule]
    assert [recipe.rate(t) for t in (0, 0.5, 1)] == pytest.approx(expected)


def test_a_last_batch_of_one_does_not_break_batchnorm():
    assert (
        len(
            fit(spots(17, 0), spots(10, 1), Recipe(epochs=1, batch_size=16), progress=False).history
        )
        == 1
    )


@pytest.mark.parametrize(
    ("asked", "error", "said"),
    [
        ({"optimiser": "sgd9"}, UnknownName, "known are adamw, adam"),
        ({"schedule": "cosin"}, UnknownName, "did you mean 'cosine'"),
        ({"epochs": 0}, InputError, "epochs is 0"),
        ({"learning_rate": -1}, InputError, "learning_rate is -1"),
    ],
)
def test_a_wrong_recipe_is_refused(asked, error, said):
    with pytest.raises(error, match=said):
        Recipe(**asked)


def test_augmentation_is_light_seeded_and_leaves_the_surround_dark():
    images = torch.randn(64, 3, 20, 20, generator=torch.Generator().manual_seed(0))
    images[..., :4] = 0
    images[..., -4:] = 0
    one, two = (augment(images, torch.Generator().manual_seed(7)) for _ in range(2))
    assert torch.equal(one, two)
    assert not torch.equal(one, augment(images, torch.Generator().manual_seed(8)))
    assert one[..., :2].mean(dim=(1, 2, 3)).abs().max() < 0.1  # noise only
    mirrored = sum(
        torch.corrcoef(torch.stack([a.flatten(), b.flip(2).flatten()]))[0, 1] > 0.5
        for a, b in zip(one, images, strict=True)
    )
    assert 16 <= mirrored <= 48  # about half of 64
