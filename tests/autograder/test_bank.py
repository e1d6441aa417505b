"""The bank against the judge, through the jail: what is right passes, what is wrong is named."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from autograder.judge.a3_gradcam.misconceptions import MISCONCEPTIONS
from autograder.verify import BANK, Entry, Report, read_bank, verify

SEED = 0
A3 = BANK / "a3_gradcam"
# What the recogniser calls an exception it knows no mistake behind.
RAISED = "raises-"
TRIVIAL = {"zeros", "ones", "centre_gaussian", "sobel_edges", "random_map"}


def every_second_mistake(entries: list[Entry]) -> list[Entry]:
    """Every wheat and attack, one chaff for every second known mistake, and the trivial answers."""
    first: dict[str, Entry] = {}
    for entry in entries:
        if entry.kind == "chaff":
            first.setdefault(entry.says, entry)
    chosen = [first[says] for says in sorted(first)][::2]
    chosen += [entry for entry in entries if entry.name in TRIVIAL and entry not in chosen]
    return chosen + [entry for entry in entries if entry.kind != "chaff"]


@pytest.fixture(scope="module")
def small_bank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A part of the bank that is graded in minutes; `verify a3_gradcam` grades all of it."""
    folder = tmp_path_factory.mktemp("bank")
    for entry in every_second_mistake(read_bank(A3)):
        place = folder / entry.kind
        place.mkdir(exist_ok=True)
        shutil.copy(A3 / entry.kind / f"{entry.name}.py", place)
    return folder


@pytest.fixture(scope="module")
def report(bubblewrap: str, small_bank: Path) -> Report:
    *_, last = verify("a3_gradcam", small_bank, seed=SEED, workers=2)
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
    for entries, least in (
        (read_bank(A3), {"wheat": 14, "chaff": 40, "attack": 14}),
        (every_second_mistake(read_bank(A3)), {"wheat": 8, "chaff": 20, "attack": 8}),
    ):
        kinds = [entry.kind for entry in entries]
        assert all(kinds.count(kind) >= n for kind, n in least.items())


def test_every_chaff_says_a_mistake_that_has_words() -> None:
    said = {entry.says for entry in read_bank(A3) if entry.kind == "chaff"}
    assert {id for id in said if not id.startswith(RAISED)} <= set(MISCONCEPTIONS)


def test_every_attack_says_what_harm_it_does_elsewhere() -> None:
    for path in sorted((A3 / "attack").glob("*.py")):
        assert "\n# harm: " in path.read_text(encoding="utf-8"), path.name
