"""The one way a submission becomes a judgement, whoever asks: grade, verify, nbgrader, the page."""

from __future__ import annotations

import base64
import contextlib
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import torch

from autograder.jail.canary import prove
from autograder.jail.kernel import Jail
from autograder.jail.process import Walls
from autograder.jail.walls import open_walls
from autograder.judge.assignment import Assignment
from autograder.judge.bench import Bench
from autograder.judge.check import Verdict, could_not_check, failed, run_check
from autograder.source import AssignmentSource
from autograder.submission import Answers, Submission, find_answers


@dataclass(frozen=True)
class Judgement:
    """Verdicts by check id, in the order of the notebook; ``note`` for the whole submission.

    ``seconds``: check id → how long it took; the first one carries the start and the cells.
    """

    verdicts: dict[str, Verdict]
    note: str = ""
    seconds: dict[str, float] = field(default_factory=dict, compare=False)

    def points(self, id: str, points: Mapping[str, float]) -> float:
        return round(points[id] * self.verdicts[id].fraction, 2)

    def total(self, points: Mapping[str, float]) -> float:
        return round(sum(self.points(id, points) for id in self.verdicts), 2)

    def to_dict(self) -> dict[str, Any]:
        verdicts = {id: _verdict_to_dict(v) for id, v in self.verdicts.items()}
        return {"verdicts": verdicts, "note": self.note, "seconds": self.seconds}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Judgement:
        verdicts = {id: _verdict_from_dict(v) for id, v in data["verdicts"].items()}
        return cls(verdicts, data["note"], data.get("seconds", {}))


def _verdict_to_dict(verdict: Verdict) -> dict[str, Any]:
    picture = base64.b64encode(verdict.picture).decode() if verdict.picture else None
    return {**asdict(verdict), "picture": picture}


def _verdict_from_dict(data: Mapping[str, Any]) -> Verdict:
    picture = base64.b64decode(data["picture"]) if data["picture"] else None
    return Verdict(**{**data, "picture": picture})


class Jails:
    """Hands out started kernels, one ahead, so that the next imports torch while this one works."""

    def __init__(
        self,
        assignment: Assignment,
        trust: bool = False,
        seed: int = 0,
        ahead: bool = True,
        walls: Walls | None = None,
    ) -> None:
        self.walls = walls or open_walls(assignment.withheld, trust, assignment.warm)
        self.walls.prepare(assignment.limits)
        self._limits, self._seed, self._ahead = assignment.limits, seed, ahead
        self._next: Jail | None = None
        self._proved = False

    def prove(self) -> None:
        """Let a canary try these walls, once; JailBroken where it gets out."""
        if not self._proved:
            prove(self.walls, self._limits)
            self._proved = True

    def take(self) -> Jail:
        waiting = self._next if self._next is not None and self._next.alive else None
        jail = waiting or self._fresh()
        self._next = self._fresh() if self._ahead else None
        return jail

    def _fresh(self) -> Jail:
        return Jail(self.walls, self._limits, self._seed).start()

    def close(self) -> None:
        if self._next is not None:
            self._next.stop()
            self._next = None
        self.walls.close()


@contextlib.contextmanager
def open_jails(
    assignment: Assignment,
    trust: bool = False,
    seed: int = 0,
    ahead: bool = True,
    walls: Walls | None = None,
) -> Iterator[Jails]:
    """Kernels for one run, the waiting one stopped at the end; one torch thread in the judge.

    ``walls``: some that were begun before; they end with the kernels.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    jails = Jails(assignment, trust, seed, ahead, walls)
    try:
        yield jails
    finally:
        jails.close()
        torch.set_num_threads(threads)


def judge(
    source: AssignmentSource,
    assignment: Assignment,
    submission: Submission,
    seed: int,
    jails: Jails,
) -> tuple[Judgement, Answers]:
    """Run a submission's cells in a jail and make every check of the assignment.

    JailBroken where a canary gets out of the walls: then nothing of a student's has run.
    """
    answers = find_answers(source, submission, assignment.names)
    secret = assignment.secret(seed)  # while the parent of the kernels gets ready
    jails.prove()
    with Bench(
        jails.take, answers.to_run, assignment.names, assignment.probes, assignment.recognise
    ) as bench:
        verdicts, seconds = {}, {}
        for id in source.points:  # in the notebook's order: what is built on comes first
            if (check := assignment.checks.get(id)) is not None:
                began = time.perf_counter()
                verdicts[id] = bounded(run_check(check, bench, secret, assignment.illustrate))
                seconds[id] = round(time.perf_counter() - began, 3)
    return Judgement(verdicts, seconds=seconds), answers


def unreadable(source: AssignmentSource, assignment: Assignment, why: str) -> Judgement:
    """The judgement of a file that is no notebook: nothing passed, and the reason."""
    why = legible(why)
    lost = failed(f"Nothing could be graded: {why}.", "unreadable")
    return Judgement({id: lost for id in source.points if id in assignment.checks}, why)


def undecided(source: AssignmentSource, assignment: Assignment, why: str) -> Judgement:
    """The judgement where the fault was ours: not checkable, and tried again at the next run."""
    lost = could_not_check(legible(why))
    return Judgement({id: lost for id in source.points if id in assignment.checks}, legible(why))


def bounded(verdict: Verdict, most: int = 1200) -> Verdict:
    """Keep what a student's code can write into a verdict short, and fit for any file."""
    message, name = legible(verdict.message, most), legible(verdict.misconception, 80)
    return replace(verdict, message=message, misconception=name)


def legible(text: str, most: int = 400) -> str:
    """Text that UTF-8 can hold: half a surrogate pair becomes a question mark."""
    return text[:most].encode("utf-8", "replace").decode()
