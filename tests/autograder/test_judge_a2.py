"""The judge of a2: secrets that tell mistakes apart, verdicts on the bank, a part in the jail."""

from __future__ import annotations

import contextlib
import io
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from autograder.jail.kernel import CallResult, CellError
from autograder.judge.a2_train import ASSIGNMENT
from autograder.judge.a2_train.secret import phantoms, ranks, secret, shuffled
from autograder.judge.a2_train.texts import PROBES
from autograder.judge.a2_train.training_checks import judged_lesson
from autograder.judge.bench import Bench
from autograder.judge.check import PASSED, Verdict, run_check
from autograder.source import read_source
from autograder.submission import find_answers
from autograder.verify import BANK, Entry, Report, covers, planted, read_bank, verify
from glaucam.checks import a2_thresholds as points
from glaucam.checks.a2_misconceptions import MISCONCEPTIONS

A2 = BANK / "a2_train"
SEED = 0
SOURCE = read_source("a2_train")
ENTRIES = read_bank(A2)
GRADED = [entry for entry in ENTRIES if entry.kind != "attack"]
LESSON = "training.learns"  # seconds each: tried in the jail
JAILED = {
    "wheat": ("closure", "everything_other"),
    "chaff": ("no_step", "softmax_first", "flatten", "always_half"),
    "attack": ("labels_ignored", "withheld_library", "rewritten_probes", "agrees_with_everything"),
}


class Here:
    """A kernel's three requests, answered in this process: for the bank's own code only."""

    alive = True

    def __init__(self) -> None:
        self.namespace: dict[str, Any] = {}
        self.probes: dict[str, Any] = {"__name__": "probes"}

    def run(self, source: str) -> CallResult:
        return self._tried(lambda: (exec(source, self.namespace), {}))

    def load(self, source: str) -> None:
        exec(source, self.probes)

    def call(self, name: str, args: Any, arrays: Any = None) -> CallResult:
        given = {key: array.copy() for key, array in (arrays or {}).items()}
        return self._tried(lambda: self.probes[name](self.namespace, args, given))

    def stop(self) -> None:
        pass

    @staticmethod
    def _tried(act: Any) -> CallResult:
        quiet = contextlib.redirect_stdout(io.StringIO())
        try:
            with quiet, contextlib.redirect_stderr(io.StringIO()):
                return CallResult(*act())
        except Exception as error:
            return CallResult(error=CellError(type(error).__name__, str(error)[:400]))
        finally:
            torch.set_grad_enabled(True)  # one chaff leaves it off


def verdicts(entry: Entry, seed: int) -> dict[str, Verdict]:
    """Every check of the cells the entry replaces, but for the lesson."""
    answers = find_answers(SOURCE, planted(SOURCE, entry), ASSIGNMENT.names)
    cells = {cell.id for cell in entry.cells.cells if cell.kind == "solution"}
    bench = Bench(Here, answers.to_run, ASSIGNMENT.names, PROBES, ASSIGNMENT.recognise)
    return {
        id: run_check(check, bench, secret(seed), lambda *_: None)
        for id, check in ASSIGNMENT.checks.items()
        if check.cell in cells and id != LESSON
    }


@pytest.mark.parametrize("entry", GRADED, ids=[e.name for e in GRADED])
def test_every_entry_loses_exactly_its_own_points(entry: Entry) -> None:
    given = verdicts(entry, SEED)
    lost = {id: verdict for id, verdict in given.items() if verdict.outcome != PASSED}
    expected = [pattern for pattern in entry.fails if pattern != LESSON]
    assert all(any(covers(pattern, id) for id in lost) for pattern in expected)
    assert all(any(covers(pattern, id) for pattern in entry.fails) for id in lost), lost
    if entry.kind == "chaff":
        assert entry.says in [verdict.misconception for verdict in lost.values()]
        assert all(verdict.message for verdict in lost.values())


def test_secrets_depend_on_the_seed_alone() -> None:
    one, other = secret(5), secret(6)
    secret.cache_clear()
    again = secret(5)
    for first, second in zip(one.epochs, again.epochs, strict=True):
        assert all(np.array_equal(first.arrays[k], second.arrays[k]) for k in first.arrays)
    np.testing.assert_array_equal(one.plain[0].p, again.plain[0].p)
    assert not np.array_equal(one.plain[0].p, other.plain[0].p)
    assert not np.array_equal(one.reported[0].p, other.reported[0].p)


@pytest.mark.parametrize("seed", range(3))
def test_each_threshold_mistake_gets_its_own_name(seed: int) -> None:
    for name, rule in points.MISTAKES:
        if name != "none-reaches":  # only the ends of the range show it
            eyes = secret(seed).plain
            answers = [(rule(e.y, e.p, e.specificity), e) for e in eyes]
            assert points.recognised(answers) == name


def test_what_is_sent_into_the_jail_holds_no_answer() -> None:
    for answer in ("zero_grad", ".step()", ".backward(", "MaxPool", "roc_auc", "np.unique"):
        assert answer not in PROBES
    assert "from glaucam" not in PROBES


def test_shuffled_labels_are_mostly_wrong_in_each_class() -> None:
    labels = np.repeat([0, 1], [30, 34])
    dealt = shuffled(labels, np.random.default_rng(0))
    for c in (0, 1):
        assert (dealt[labels == c] == c).mean() == pytest.approx(0.25, abs=0.02)


@pytest.fixture(scope="module")
def eyes() -> Any:
    return phantoms(0)


def logits(scores: np.ndarray) -> np.ndarray:
    return np.stack([-scores, scores], axis=1).astype(float)


def test_a_lesson_is_judged_by_what_the_labels_changed(eyes: Any) -> None:
    assert len(eyes.labels) == 64
    assert ranks(logits(eyes.labels), eyes.labels) == 1
    knows = {"images": logits(eyes.labels), "unseen": logits(eyes.unseen_labels)}
    misled = {"images": logits(1 - eyes.labels), "unseen": logits(1 - eyes.unseen_labels)}
    blank = {key: np.zeros_like(said) for key, said in knows.items()}
    assert judged_lesson(eyes, knows, misled).outcome == PASSED
    assert judged_lesson(eyes, knows, knows).misconception == "labels-not-used"
    assert judged_lesson(eyes, blank, blank).misconception == "does-not-learn"


def test_the_bank_is_large_and_says_what_it_must() -> None:
    kinds = [entry.kind for entry in ENTRIES]
    least = {"wheat": 6, "chaff": 30, "attack": 5}
    assert all(kinds.count(kind) >= n for kind, n in least.items())
    assert {entry.says for entry in ENTRIES if entry.kind == "chaff"} <= set(MISCONCEPTIONS)
    for path in sorted((A2 / "attack").glob("*.py")):
        assert "\n# harm: " in path.read_text(encoding="utf-8"), path.name


@pytest.mark.jail
@pytest.mark.slow
def test_a_part_of_the_bank_through_the_jail(bubblewrap: str, tmp_path: Path) -> None:
    for kind, names in JAILED.items():
        (tmp_path / kind).mkdir()
        for name in names:
            shutil.copy(A2 / kind / f"{name}.py", tmp_path / kind)
    *_, report = verify("a2_train", tmp_path, seed=1, workers=2)
    assert isinstance(report, Report)
    assert [f"{row.name}: {row.why}" for row in report.entries if not row.ok] == []
    assert report.named == 1
