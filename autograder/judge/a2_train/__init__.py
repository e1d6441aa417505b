"""The judge of a2_train: the network, one epoch of training, the threshold, the report."""

from autograder.jail.limits import Limits
from autograder.judge.a2_train import (  # noqa: F401  (they file their checks)
    model_checks,
    report_checks,
    threshold_checks,
    training_checks,
)
from autograder.judge.a2_train.checks import CHECKS
from autograder.judge.a2_train.recognise import recogniser
from autograder.judge.a2_train.secret import secret
from autograder.judge.a2_train.texts import PROBES
from autograder.judge.assignment import Assignment

WITHHELD = frozenset(
    {
        "captum",
        "glaucam.checks",
        "glaucam.explanation",
        "glaucam.methods",
        "glaucam.metrics",
        "glaucam.models",
        "glaucam.training",
    }
)

ASSIGNMENT = Assignment(
    id="a2_train",
    names={
        "RetinalCNN": "model",
        "train_one_epoch": "training",
        "operating_point": "operating_point",
        "report": "report",
    },
    checks=CHECKS,
    probes=PROBES,
    secret=secret,
    recognise=recogniser(WITHHELD),
    withheld=WITHHELD,
    # A lesson takes two seconds on a core of its own; a crowded machine must not cost points.
    limits=Limits(start_seconds=120, cell_seconds=60, call_seconds=120, notebook_seconds=600),
)
