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


def one_per_mistake(entries: list[Entry]) -> list[Entry]:
    """Every wheat and attack, and the first chaff of each mistake at each place."""
    kept: dict[tuple[str, ...], Entry] = {}
    for entry in entries:
        mark = (entry.says, *entry.fails) if entry.kind == "chaff" else (entry.kind, entry.name)
        kept.setdefault(mark, entry)
    return list(kept.values())


@pytest.fixture(scope="module")
def small_bank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bank with one coding of each mistake; `verify a3_gradcam` itself grades them all."""
    folder = tmp_path_factory.mktemp("bank")
    for entry in one_per_mistake(read_bank(A3)):
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
    kinds = [entry.kind for entry in read_bank(A3)]
    least = {"wheat": 14, "chaff": 40, "attack": 14}
    assert {kind: kinds.count(kind) >= n for kind, n in least.items()} == dict.fromkeys(least, True)


def test_every_chaff_says_a_mistake_that_has_words() -> None:
    said = {entry.says for entry in read_bank(A3) if entry.kind == "chaff"}
    assert {id for id in said if not id.startswith(RAISED)} <= set(MISCONCEPTIONS)


def test_every_attack_says_what_harm_it_does_elsewhere() -> None:
    for path in sorted((A3 / "attack").glob("*.py")):
        assert "\n# harm: " in path.read_text(encoding="utf-8"), path.name
