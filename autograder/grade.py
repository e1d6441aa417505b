"""``python -m autograder grade``: a folder of submissions into grades, gradebook and feedback."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from tqdm import tqdm

from autograder.crew import Crew, Job, open_crew
from autograder.errors import Unfinished
from autograder.gradebook.recording import Recording
from autograder.jail.process import Walls
from autograder.jail.walls import describe_walls
from autograder.judge.assignment import load_assignment
from autograder.judge.check import NOT_CHECKABLE
from autograder.markup import harmless_name
from autograder.pipeline import Judgement, unreadable
from autograder.run import Run, alone, open_run, save_run, write_atomically
from autograder.source import read_source
from autograder.station import Task, new_task
from autograder.submission import (
    Submission,
    Unreadable,
    find_notebook,
    read_submission,
)
from autograder.tables import csv_text
from autograder.term.pseudonyms import Key, require_one_naming
from glaucam.errors import InputError

COLUMNS = [
    *("student", "assignment", "check", "points", "max_points"),
    *("outcome", "misconception", "message"),
]


@dataclass(frozen=True)
class Grades:
    """All judgements of a run, by student."""

    run: Run
    points: Mapping[str, float]
    judgements: dict[str, Judgement]

    def total(self, student: str) -> float:
        return self.judgements[student].total(self.points)

    def to_dict(self) -> dict[str, Any]:
        students = {
            student: {"points": self.total(student), "note": judgement.note}
            for student, judgement in self.judgements.items()
        }
        return {
            "assignment": self.run.assignment,
            "seed": self.run.seed,
            "seconds": self.run.seconds,
            "max_points": sum(self.points.values()),
            "students": students,
        }


@dataclass(frozen=True)
class Handed:
    """One student's folder: the submission, or why it could not be read."""

    student: str
    folder: Path
    submission: Submission | None
    why: str = ""

    @property
    def digest(self) -> str:
        return self.submission.digest if self.submission else f"unreadable: {self.why}"


def grade(
    assignment_id: str,
    submitted: Path,
    out: Path,
    seed: int | None = None,
    workers: int = 1,
    trust: bool = False,
    db_url: str | None = None,
    scheduler: str | None = None,
    key: Key | None = None,
    walls: Walls | None = None,
) -> Grades:
    """Judge every submission below ``submitted``; resume a run that was broken off.

    Writes grades.csv, run.json, feedback/, autograded/ and the gradebook below ``out``, students
    under their pseudonyms where there is a ``key``. ``walls``: begun by the caller, for one worker;
    whoever gave them ends them. Raises InputError where there is nothing to grade or ``out`` holds
    another run, Unfinished where the disk was full or the scheduler lost.
    """
    handed = list(find_submissions(submitted, assignment_id))
    if key is not None:
        handed = under_pseudonyms(handed, key)
    try:
        with alone(out):
            require_one_naming(out, key)
            run = open_run(out / "run.json", assignment_id, seed)
            began = time.monotonic()
            store = Store(out, assignment_id)
            crew = partial(
                open_crew, workers=min(workers, len(handed)), scheduler=scheduler, walls=walls
            )
            task = new_task(assignment_id, run.seed, trust)
            fresh = judge_missing(handed, store, task, crew, db_url)
            if fresh or run.submissions is None:
                seconds = round(time.monotonic() - began + (run.seconds or 0), 1)
                stood = describe_walls(trust)
                run = replace(run, seconds=seconds, submissions=len(handed), walls=stood)
                save_run(out / "run.json", run)
            source, checks = read_source(assignment_id), load_assignment(assignment_id).checks
            points = {id: source.points[id] for id in source.points if id in checks}
            grades = Grades(run, points, {h.student: store.read(h) for h in handed})
            write_atomically(out / "grades.csv", as_csv(grades))
    except OSError as error:
        why = f"{error.strerror or error}: {error.filename or out}"
        raise Unfinished(f"{why}; mend that and run the same command again to go on") from error
    return grades


def find_submissions(submitted: Path, assignment_id: str) -> Iterator[Handed]:
    """``DIR/<student>/<assignment>/*.ipynb`` in the order of student names."""
    layout = f"DIR/<student>/{assignment_id}/*.ipynb"
    if not submitted.is_dir():
        raise InputError(f"{submitted} is not a folder; expected {layout}")
    folders = sorted(p / assignment_id for p in submitted.iterdir() if not p.name.startswith("."))
    folders = [folder for folder in folders if folder.is_dir() and not folder.is_symlink()]
    if not folders:
        raise InputError(f"{submitted} holds no submissions; expected {layout}")
    for folder in folders:
        student = harmless_name(folder.parent.name)
        try:
            submission = read_submission(find_notebook(folder, assignment_id))
            yield Handed(student, folder, submission)
        except Unreadable as error:
            yield Handed(student, folder, None, str(error))


def under_pseudonyms(handed: list[Handed], key: Key) -> list[Handed]:
    """The same submissions under names that only the key's holder can turn back, in their order."""
    names = key.names(h.student for h in handed)
    by_student = {h.student: h for h in handed}
    return [replace(by_student[names[name]], student=name) for name in sorted(names)]


class Store:
    """Judgements on disk, a file a student, so that a run broken off loses nothing."""

    def __init__(self, out: Path, assignment_id: str) -> None:
        self._folder, self.out, self._id = out / "results", out, assignment_id

    def _path(self, student: str) -> Path:
        return self._folder / f"{student}.json"

    def has(self, handed: Handed) -> bool:
        """Whether this very file was judged; what could not be checked is tried again."""
        path = self._path(handed.student)
        if not path.exists() or json.loads(path.read_text())["digest"] != handed.digest:
            return False
        verdicts = self.read(handed).verdicts.values()
        return all(verdict.outcome != NOT_CHECKABLE for verdict in verdicts)

    def is_recorded(self, handed: Handed) -> bool:
        """Whether there is a feedback page, which is written last, and no older than the result."""
        page = self.out / "feedback" / handed.student / self._id / f"{self._id}.html"
        result = self._path(handed.student)
        return page.exists() and page.stat().st_mtime_ns >= result.stat().st_mtime_ns

    def read(self, handed: Handed) -> Judgement:
        return Judgement.from_dict(json.loads(self._path(handed.student).read_text())["judgement"])

    def write(self, handed: Handed, judgement: Judgement) -> None:
        data = {"digest": handed.digest, "judgement": judgement.to_dict()}
        write_atomically(self._path(handed.student), json.dumps(data, indent=1) + "\n")


def judge_missing(
    handed: list[Handed],
    store: Store,
    task: Task,
    hire: Callable[..., AbstractContextManager[Crew]],
    db_url: str | None,
) -> int:
    """Judge what has no result yet, saving each as it comes, and record what is not recorded.

    Returns how many were judged. Recording goes on beside judging.
    """
    source = read_source(task.assignment)
    missing = {h.student: h for h in handed if not store.has(h)}
    jobs = [Job(h.student, h.submission) for h in missing.values() if h.submission]
    with ExitStack() as stack:
        recording = stack.enter_context(Recording(source, store.out, db_url))
        if jobs:  # its jail or its workers first: they take longest to get ready
            crew = stack.enter_context(hire(task))
        if missing:
            recording.open()
        for h in handed:
            if h.student in missing and h.submission is None:
                store.write(h, unreadable(source, load_assignment(task.assignment), h.why))
            if store.has(h) and not store.is_recorded(h):
                recording.add(h.student, h.folder, h.submission, store.read(h))
        for done in progress(crew.judge(jobs), len(jobs), "judged") if jobs else ():
            h = missing[done.key]
            store.write(h, done.judgement)
            recording.add(h.student, h.folder, h.submission, done.judgement)
        recording.finish()
    return len(missing)


def progress(done: Iterable[Any], total: int, what: str) -> Iterable[Any]:
    """A bar on stderr with rate and time left."""
    return tqdm(done, total=total, desc=what, unit="submission", file=sys.stderr, smoothing=0.1)


def as_csv(grades: Grades) -> str:
    """A row per student and check."""
    return csv_text(COLUMNS, rows(grades))


def rows(grades: Grades) -> Iterator[list[str]]:
    for student, judgement in grades.judgements.items():
        for id, verdict in judgement.verdicts.items():
            points, most = judgement.points(id, grades.points), grades.points[id]
            row = [student, grades.run.assignment, id, f"{points:.2f}", f"{most:.2f}"]
            yield [*row, verdict.outcome, verdict.misconception, verdict.message]


def table(grades: Grades) -> str:
    """A line per student, and one for the run."""
    most = sum(grades.points.values())
    lines = [
        f"{student:24} {grades.total(student):6.2f} / {most:g}  {judgement.note}"
        for student, judgement in grades.judgements.items()
    ]
    lines.append(f"{len(lines)} submissions, seed {grades.run.seed}, {grades.run.seconds} s")
    return "\n".join(lines)
