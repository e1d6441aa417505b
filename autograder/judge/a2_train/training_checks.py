"""The checks of a2's `training` cell."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from autograder.jail.kernel import CallResult
from autograder.judge.a2_train.checks import CHECKS, mistaken, unknown
from autograder.judge.a2_train.model_checks import layers, logits, shape, slopes
from autograder.judge.a2_train.secret import EpochCase, Eyes, Secret, ranks
from autograder.judge.bench import Bench, Fault
from autograder.judge.check import PASSED, Verdict, passed
from glaucam.checks.a2_epochs import RIGHT, Epoch, Way, gone_through, loss_mistake, recognised
from glaucam.checks.a2_misconceptions import LINES, WRITE_LOOP

LESSON = {"epochs": 8, "batch_size": 8, "rate": 2e-3}
FITS, GAP = 0.8, 0.15  # AUROC on the eyes shown; true labels against shuffled ones, on unseen eyes


def after_epochs(bench: Bench, secret: Secret) -> list[tuple[CallResult, EpochCase]]:
    """What one epoch of the student's loop left of each secret network; run once."""
    if "epochs" not in bench.memory:
        bench.memory["epochs"] = [
            (bench.call("epoch", case.args, case.arrays), case) for case in secret.epochs
        ]
    return bench.memory["epochs"]


def state_of(result: CallResult) -> dict[str, np.ndarray]:
    return {k[6:]: v for k, v in result.arrays.items() if k.startswith("state/")}


def followed(bench: Bench, secret: Secret) -> Way | None:
    """The way the student's loop goes through an epoch: right, a mistake, or none known."""
    if "way" not in bench.memory:
        answers = [(state_of(result), case.task) for result, case in after_epochs(bench, secret)]
        bench.memory["way"] = recognised(answers)
    return bench.memory["way"]


@CHECKS.add("training.weights", needs="train_one_epoch")
def weights(bench: Bench, secret: Secret) -> Verdict:
    """After one epoch every weight and every BatchNorm statistic is where it should be."""
    way = followed(bench, secret)
    if way is RIGHT:
        return passed("Equal to the reference after an epoch, with two optimisers.")
    steps = [told(result).get("steps") for result, _ in after_epochs(bench, secret)]
    if way is None and not any(steps):
        return mistaken("optimiser-ignored")
    if way is None:
        return unknown("What your loop leaves of a network", LINES)
    name = "no-gradient-to-step" if way.mistake == "no-step" and any(steps) else way.mistake
    return mistaken(name)


def told(result: CallResult) -> dict[str, Any]:
    return result.value if isinstance(result.value, dict) else {}


@CHECKS.add("training.loss", needs="train_one_epoch")
def loss(bench: Bench, secret: Secret) -> Verdict:
    """The mean loss of the epoch comes back, over images or over batches."""
    way = followed(bench, secret)
    name = loss_mistake(
        [(one_number(r), own_epoch(way, r, case)) for r, case in after_epochs(bench, secret)]
    )
    if name == "":
        return passed("The mean over the epoch, as one number.")
    return (
        unknown("The number your function returns", WRITE_LOOP) if name is None else mistaken(name)
    )


def own_epoch(way: Way | None, result: CallResult, case: EpochCase) -> Epoch:
    """The batches' losses along the student's own way, so that a wrong way is paid once.

    Along an unknown way they are those the loss object met, if they begin as they must.
    """
    right = gone_through(way or RIGHT, case.task)
    met = told(result).get("losses")
    if way is None and isinstance(met, list) and len(met) == len(right.losses):
        met = [float(value) for value in met]
        if abs(met[0] - right.losses[0]) <= 1e-4:
            return replace(right, losses=met)
    return right


def one_number(result: CallResult) -> float:
    """The returned loss; a Fault where it is none, or hangs on the whole computation."""
    if told(result).get("type") == "NoneType":
        raise_known("nothing-returned")
    if told(result).get("hangs"):
        raise_known("graph-kept")
    array = result.arrays.get("returned")
    if array is None or array.size != 1 or not np.isfinite(array).all():
        raise_known("not-one-number")
    return float(array.reshape(()))


def raise_known(id: str) -> None:
    verdict = mistaken(id)
    raise Fault(verdict.message, id)


@CHECKS.add("training.learns", needs="train_one_epoch")
def learns(bench: Bench, secret: Secret) -> Verdict:
    """In seconds your loop learns 64 secret phantoms, and from shuffled labels it does not."""
    own = model_stands(bench, secret)
    true, shuffled = (
        after_lesson(bench, secret, own, labels)
        for labels in (secret.eyes.labels, secret.eyes.shuffled)
    )
    way = followed(bench, secret)
    if way is None or way is RIGHT:
        return judged_lesson(secret.eyes, true, shuffled)
    if np.allclose(true["unseen"], shuffled["unseen"], atol=1e-4):
        return mistaken("does-not-learn", "True and shuffled labels lead to the same answers. ")
    return passed("The labels make a difference; how your loop errs is paid in `training.weights`.")


def judged_lesson(
    eyes: Eyes, true: dict[str, np.ndarray], shuffled: dict[str, np.ndarray]
) -> Verdict:
    """Whether the eyes shown were learnt, and whether the labels made the difference elsewhere."""
    fitted = ranks(true["images"], eyes.labels)
    unseen, misled = (ranks(said["unseen"], eyes.unseen_labels) for said in (true, shuffled))
    figures = (
        f"AUROC {fitted:.2f} on the eyes it was shown; on unseen eyes {unseen:.2f} after true "
        f"labels, {misled:.2f} after shuffled ones. "
    )
    if fitted < FITS:
        return mistaken("does-not-learn", figures)
    if unseen - misled < GAP:
        return mistaken("labels-not-used", figures)
    return passed(figures.strip())


def model_stands(bench: Bench, secret: Secret) -> bool:
    """Whether the student's own model may be taught: else the judge's network takes its place."""
    if bench.missing("RetinalCNN") is not None:
        return False
    try:
        rules = (shape, layers, logits, slopes)
        return all(rule(bench, secret).outcome == PASSED for rule in rules)
    except Fault:
        return False


def after_lesson(
    bench: Bench, secret: Secret, own: bool, labels: np.ndarray
) -> dict[str, np.ndarray]:
    """Logits [N,2] for the eyes shown and the unseen ones, after some epochs on these labels."""
    eyes = secret.eyes
    arrays = {"images": eyes.images, "labels": labels, "unseen": eyes.unseen}
    result = bench.call("lesson", {**LESSON, "own": own, "order": secret.seed}, arrays)
    said = {key: result.arrays.get(key) for key in ("images", "unseen")}
    for key, y in said.items():
        if y is None or y.shape != (len(arrays[key]), 2):
            raise Fault("No logits came back after training.", "no-array")
        if not np.isfinite(y).all():
            raise_known("does-not-learn")
    return said
