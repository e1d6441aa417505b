"""Where one process judges: the assignment's two sides, the seed, its kernels, one job at a time.

Orders and results cross between processes and machines as JSON in bytes, so that no student's
data is ever unpickled, and nothing is read from a file that only one machine has.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from typing import Any

from autograder.jail.kernel import JailBroken
from autograder.jail.process import Walls
from autograder.judge.assignment import load_assignment
from autograder.pipeline import Jails, Judgement, judge, open_jails, undecided
from autograder.run import judge_digest
from autograder.source import AssignmentSource, read_source
from autograder.submission import Submission, SubmittedCell
from autograder.trust import require_walls
from glaucam.errors import InputError


@dataclass(frozen=True)
class Task:
    """What all jobs of a run share. ``judge``: SHA-256 of the code that decides."""

    assignment: str
    seed: int
    trust: bool
    judge: str


@dataclass(frozen=True)
class Job:
    """One submission to judge; ``key`` names it in the results."""

    key: str
    submission: Submission


@dataclass(frozen=True)
class Done:
    """The judgement of one job."""

    key: str
    judgement: Judgement


def new_task(assignment_id: str, seed: int, trust: bool) -> Task:
    return Task(assignment_id, seed, trust, judge_digest(assignment_id))


@dataclass(frozen=True)
class Station:
    """What a process needs to judge; it belongs to the thread that opened it, as its jail does."""

    task: Task
    source: AssignmentSource
    jails: Jails

    def work(self, job: Job) -> Done:
        assignment = load_assignment(self.task.assignment)
        seed = self.task.seed
        judgement, _ = judge(self.source, assignment, job.submission, seed, self.jails)
        return Done(job.key, judgement)


def given_up(assignment_id: str, why: str) -> Judgement:
    """For a job that nobody could finish: a fault of ours, so nothing is a zero."""
    return undecided(read_source(assignment_id), load_assignment(assignment_id), why)


def open_station(stack: ExitStack, task: Task, walls: Walls | None = None) -> Station:
    """Open a station whose kernels end with ``stack``, behind walls that may have been begun."""
    assignment = load_assignment(task.assignment)
    jails = stack.enter_context(open_jails(assignment, task.trust, task.seed, walls=walls))
    return Station(task, read_source(task.assignment), jails)


def order_of(task: Task, job: Job) -> bytes:
    """A job and its task as bytes, for ``carry_out`` on any machine."""
    cells = [asdict(cell) for cell in job.submission.cells]
    return json.dumps({"task": asdict(task), "key": job.key, "cells": cells}).encode()


def done_from(answer: bytes) -> Done:
    """The result of ``carry_out``; JailBroken or InputError where that machine can't judge."""
    data: dict[str, Any] = json.loads(answer)
    if "broken" in data:
        raise JailBroken(data["broken"])
    if "refused" in data:
        raise InputError(data["refused"])
    return Done(data["key"], Judgement.from_dict(data["judgement"]))


_STACK = ExitStack()
_STATION: list[Station] = []
_THREAD = ThreadPoolExecutor(1, "judge")  # a jail ends with the thread that built it


def carry_out(order: bytes) -> bytes:
    """Judge one job in this process; stations of other runs make room for the order's."""
    return _THREAD.submit(_carry_out, order).result()


def _carry_out(order: bytes) -> bytes:
    data = json.loads(order)
    task = Task(**data["task"])
    try:
        if not _STATION or _STATION[0].task != task:
            _STACK.close()
            _STATION[:] = [_open(task)]
        cells = tuple(SubmittedCell(**cell) for cell in data["cells"])
        done = _STATION[0].work(Job(data["key"], Submission(cells)))
    except JailBroken as error:
        return json.dumps({"broken": str(error)}).encode()
    except InputError as error:
        return json.dumps({"refused": str(error)}).encode()
    return json.dumps({"key": done.key, "judgement": done.judgement.to_dict()}).encode()


def _open(task: Task) -> Station:
    require_walls(task.trust)
    if judge_digest(task.assignment) != task.judge:
        raise InputError(
            f"a worker has another judge of {task.assignment} than this machine: bring both to the "
            "same version"
        )
    return open_station(_STACK, task)
