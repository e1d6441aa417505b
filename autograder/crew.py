"""Judge many submissions, here or in several processes; results come as they are ready."""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import os
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import ExitStack
from dataclasses import dataclass

from autograder.jail.kernel import JailBroken
from autograder.judge.assignment import load_assignment
from autograder.pipeline import Jails, Judgement, judge, open_jails
from autograder.source import AssignmentSource, read_source
from autograder.submission import Answers, Submission


@dataclass(frozen=True)
class Job:
    """One submission to judge; ``key`` names it in the results."""

    key: str
    submission: Submission


@dataclass(frozen=True)
class Done:
    """The judgement of one job, and the answers that were found in it."""

    key: str
    judgement: Judgement
    answers: Answers


@dataclass(frozen=True)
class Station:
    """What a process needs to judge: the assignment's two sides, the seed, and its kernels."""

    source: AssignmentSource
    assignment_id: str
    seed: int
    jails: Jails

    def work(self, job: Job) -> Done:
        assignment = load_assignment(self.assignment_id)
        judgement, answers = judge(self.source, assignment, job.submission, self.seed, self.jails)
        return Done(job.key, judgement, answers)


def judge_all(
    assignment_id: str, jobs: Iterable[Job], seed: int, trust: bool = False, workers: int = 1
) -> Iterator[Done]:
    """Judge every job with one seed; a result depends on nothing but its job and the seed."""
    if workers <= 1:
        with ExitStack() as stack:
            station = open_station(stack, assignment_id, seed, trust)
            for job in jobs:
                yield station.work(job)
        return
    context = multiprocessing.get_context("spawn")
    arguments = (assignment_id, seed, trust)
    with ProcessPoolExecutor(workers, context, _begin, arguments) as pool:
        try:
            for future in as_completed([pool.submit(_work, job) for job in jobs]):
                yield future.result()
        except JailBroken:
            pool.shutdown(cancel_futures=True)  # no other job would fare better
            raise


def open_station(stack: ExitStack, assignment_id: str, seed: int, trust: bool) -> Station:
    jails = stack.enter_context(open_jails(load_assignment(assignment_id), trust, seed))
    return Station(read_source(assignment_id), assignment_id, seed, jails)


_STACK = ExitStack()
_ASKED: list[tuple[str, int, bool]] = []
_STATION: list[Station] = []


def _begin(assignment_id: str, seed: int, trust: bool) -> None:
    """Set up a worker process; its kernels die with it, and it dies with whoever started it."""
    threading.Thread(target=_die_with_parent, daemon=True).start()
    _ASKED[:] = [(assignment_id, seed, trust)]


def _die_with_parent() -> None:
    """A pool whose owner was killed would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        multiprocessing.connection.wait([parent.sentinel])
        os._exit(1)


def _work(job: Job) -> Done:
    """Judge one job; the first one opens the station, whose canary may say that no jail holds."""
    if not _STATION:
        _STATION[:] = [open_station(_STACK, *_ASKED[0])]
    return _STATION[0].work(job)
