"""The formative checks of assignment a2: one function per check, called with the student's object.

Their inputs are public: small seeded networks, drawn eyes, a few phantoms.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from glaucam.checks import a2_figures as figures
from glaucam.checks import a2_thresholds as points
from glaucam.checks.a2_causes import CAUSES
from glaucam.checks.a2_lesson import FITS, GAP, taught_twice
from glaucam.checks.a2_misconceptions import known
from glaucam.checks.a2_network import judge_gradients, judge_layers, judge_logits, judge_shape
from glaucam.checks.a2_public import epoch_tasks, figure_eyes, point_eyes, tied_eyes
from glaucam.checks.a2_returned import as_figure, as_number, as_report
from glaucam.checks.a2_teaching import judge_loss, judge_weights, one_epoch
from glaucam.checks.base import Mistake, StudentError, formative, student_with


def student(function: Any, *args: Any) -> Any:
    """Call the student's code; an error whose cause is known is told as that mistake."""
    return student_with(CAUSES, known, function, *args)


@formative("model.shape")
def model_shape(RetinalCNN: Any) -> str:
    """Images [N,3,H,W] of any size become logits [N, n_classes]."""
    for classes in (2, 4):
        judge_shape(student(RetinalCNN, classes), classes)
    return "[N, n_classes] for two and four classes, for square and oblong images, also for one."


@formative("model.layers")
def model_layers(RetinalCNN: Any) -> str:
    """Three blocks of 32, 64 and 128 channels and one linear layer."""
    return judge_layers(student(RetinalCNN, 2))


@formative("model.logits")
def model_logits(RetinalCNN: Any) -> str:
    """Given numbers in the layers give the right raw logits."""
    judge_logits(student(RetinalCNN, 2))
    return "Convolution, BatchNorm, ReLU, pooling in order, an average, raw logits."


@formative("model.gradients")
def model_gradients(RetinalCNN: Any) -> str:
    """In train mode every number of the network gets its gradient."""
    judge_gradients(student(RetinalCNN, 2))
    return "The loss reaches every layer."


@formative("training.weights")
def training_weights(train_one_epoch: Any) -> str:
    """After one epoch every weight is where it should be."""
    judge_weights([one_epoch(student, train_one_epoch, task) for task in epoch_tasks()])
    return "Every weight and every BatchNorm statistic is where the reference has it."


@formative("training.loss")
def training_loss(train_one_epoch: Any) -> str:
    """The mean loss of the epoch comes back as one number."""
    judge_loss([one_epoch(student, train_one_epoch, task) for task in epoch_tasks()])
    return "The mean over the epoch, a plain number."


@formative("training.learns")
def training_learns(train_one_epoch: Any) -> str:
    """A few epochs on 64 phantoms teach something; shuffled labels teach nothing of use."""
    fitted, unseen, misled = taught_twice(student, train_one_epoch)
    said = (
        f"AUROC {fitted:.2f} on the eyes it was shown; on unseen eyes {unseen:.2f} after true "
        f"labels, {misled:.2f} after shuffled ones. "
    )
    if fitted < FITS:
        raise known("does-not-learn", said)
    if unseen - misled < GAP:
        raise known("labels-not-used", said)
    return said.strip()


@formative("operating_point.threshold")
def operating_point_threshold(operating_point: Any) -> str:
    """The smallest threshold that is specific enough."""
    answers = [(_threshold(operating_point, e), e) for e in point_eyes()]
    if all(points.is_right(t, e) for t, e in answers):
        return "The smallest that keeps the promise, on four sets of eyes."
    name = points.recognised(answers)
    if name is not None:
        raise known(name)
    t, eyes = next((t, e) for t, e in answers if not points.is_right(t, e))
    reached = points.specificity(eyes.y, eyes.p, t)
    raise Mistake(
        f"Your threshold {t:.4g} reaches a specificity of {reached:.3f}, asked was "
        f"{eyes.specificity}; {points.reference(eyes.y, eyes.p, eyes.specificity):.4g} is the "
        "smallest that does.",
        "Work the small case of section 3 again, by hand and with your function.",
    )


def _threshold(operating_point: Any, eyes: points.Eyes, kind: Any = np.array) -> float:
    return as_number(student(operating_point, kind(eyes.y), kind(eyes.p), eyes.specificity))


@formative("operating_point.edges")
def operating_point_edges(operating_point: Any) -> str:
    """Equal p, a specificity of 0 and of 1, lists and tensors."""
    plain = point_eyes()[0]
    _threshold(operating_point, plain)  # what fails here fails for another reason
    for where, eyes in tied_eyes().items():
        name = "none-reaches" if "none" in where else "edge-of-the-range"
        try:
            t = _threshold(operating_point, eyes)
        except (Mistake, StudentError) as error:
            raise known(name, f"With {where}: {error}. ") from error
        if not points.is_right(t, eyes):
            raise known(name, f"With {where} you give {t:.4g}. ")
    for kind in (list, torch.tensor):
        try:
            t = _threshold(operating_point, plain, kind)
        except (Mistake, StudentError) as error:
            raise known("lists-not-taken", f"For a {kind.__name__}: {error}. ") from None
        if not points.sorts_alike(t, _threshold(operating_point, plain), plain.p):
            raise known("lists-not-taken")
    return "The ends of the range, ties, lists and tensors: all right."


def _figure(report: Any, key: str) -> tuple[list[tuple[Any, figures.Eyes]], str | None]:
    """The answers under ``key``, and "" where right, else the mistake's name or None."""
    answers = []
    for eyes in figure_eyes():
        said = as_report(student(report, eyes.y.copy(), eyes.p.copy(), eyes.threshold))
        answers.append((as_figure(said, key), eyes))
    return answers, "" if figures.is_right(key, answers) else figures.recognised(key, answers)


def _judge_figures(report: Any, *keys: str) -> None:
    for key in keys:
        answers, name = _figure(report, key)
        if name:
            raise known(name, f"{key}: ")
        if name is None:
            came, eyes = answers[0]
            expected = np.asarray(figures.ACCEPTED[key][0](eyes)).tolist()
            raise Mistake(
                f"{key} is {np.asarray(came).tolist()}, expected {expected} for a set of "
                f"{len(eyes.y)} eyes at the threshold {eyes.threshold}.",
                "Count the six eyes of section 4 again, by hand and with your function.",
            )


@formative("report.ranking")
def report_ranking(report: Any) -> str:
    """auroc and auprc."""
    _judge_figures(report, "auroc", "auprc")
    return "Both areas are right, with ties too."


@formative("report.rates")
def report_rates(report: Any) -> str:
    """sensitivity and specificity at the threshold given."""
    _judge_figures(report, "sensitivity", "specificity")
    return "Right at three thresholds; an eye exactly at the line counts as positive."


@formative("report.confusion")
def report_confusion(report: Any) -> str:
    """The table of counts, rows = truth, columns = call."""
    _judge_figures(report, "confusion")
    return "Rows are the truth, columns the call, normal before glaucoma."
