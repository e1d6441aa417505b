"""The bank against the judge, through the jail: what is right passes, what is wrong is named."""

from __future__ import annotations

import pytest

from autograder.verify import BANK, Report, read_bank, verify
from glaucam.checks.a3_misconceptions import MISCONCEPTIONS

SEED = 0
A3 = BANK / "a3_gradcam"
# What the recogniser calls an exception it knows no mistake behind.
RAISED = "raises-"


@pytest.fixture(scope="module")
def report(bubblewrap: str) -> Report:
    *_, last = verify("a3_gradcam", A3, seed=SEED, workers=1)  # the other core runs other tests
    assert isinstance(last, Report)
    return last


@pytest.mark.jail
def test_nothing_right_is_rejected_and_nothing_wrong_accepted(report: Report) -> None:
    broken = [f"{row.kind} {row.name}: {row.why}" for row in report.entries if not row.ok]
    assert not broken
    assert (report.false_accept, report.false_reject) == (0, 0)


@pytest.mark.jail
def test_mistakes_are_named(report: Report) -> None:
    assert report.named >= 0.95


@pytest.mark.jail
def test_trivial_answers_get_nothing_for_gradcam(report: Report) -> None:
    trivial = [
        row for row in report.entries if row.name in ("ones", "centre_gaussian", "random_map")
    ]
    assert trivial
    for row in trivial:
        assert sum(id.startswith("gradcam.") for id in row.failed) == 8


def test_the_bank_is_large_enough() -> None:
    kinds = [entry.kind for entry in read_bank(A3)]
    least = {"wheat": 20, "chaff": 60, "attack": 14}
    assert all(kinds.count(kind) >= n for kind, n in least.items())


def test_every_chaff_says_a_mistake_that_has_words() -> None:
    said = {entry.says for entry in read_bank(A3) if entry.kind == "chaff"}
    assert {id for id in said if not id.startswith(RAISED)} <= set(MISCONCEPTIONS)


def test_every_attack_says_what_harm_it_does_elsewhere() -> None:
    for path in sorted((A3 / "attack").glob("*.py")):
        assert "\n# harm: " in path.read_text(encoding="utf-8"), path.name
