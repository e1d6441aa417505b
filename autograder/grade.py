"""``python -m autograder grade``: a folder of submissions into grades, gradebook and feedback."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tqdm import tqdm

from autograder.crew import Job, judge_all
from autograder.gradebook.preprocessors import graded_notebook
from autograder.gradebook.record import Recorder
from autograder.judge.assignment import Assignment, load_assignment
from autograder.judge.check import NOT_CHECKABLE
from autograder.pipeline import Judgement, unreadable
from autograder.run import Run, open_run, save_run, write_atomically
from autograder.source import AssignmentSource, read_source
from autograder.submission import (
    Submission,
    Unreadable,
    find_answers,
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
    key: Key | None = None,
) -> Grades:
    """Judge every submission below ``submitted``; resume a run that was broken off.

    Writes grades.csv, run.json, feedback/, autograded/ and the gradebook below ``out``, students
    under their pseudonyms where there is a ``key``. Raises InputError where there is nothing to
    grade or ``out`` holds another run.
    """
    source, assignment = read_source(assignment_id), load_assignment(assignment_id)
    handed = list(find_submissions(submitted, assignment_id))
    if key is not None:
        handed = under_pseudonyms(handed, key)
    require_one_naming(out, key)
    run = open_run(out / "run.json", assignment_id, seed)
    began = time.monotonic()
    store = Store(out / "results")
    fresh = judge_missing(assignment, handed, store, run, workers, trust, source)
    judgements = {h.student: store.read(h) for h in handed}
    record(source, assignment, handed, judgements, fresh, Recorder(source, out, db_url))
    points = {id: source.points[id] for id in source.points if id in assignment.checks}
    if fresh or run.submissions is None:
        seconds = round(time.monotonic() - began + (run.seconds or 0), 1)
        run = replace(run, seconds=seconds, submissions=len(handed))
        save_run(out / "run.json", run)
    grades = Grades(run, points, judgements)
    write_atomically(out / "grades.csv", as_csv(grades))
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
        if not folder.parent.name.isprintable():
            raise InputError(f"{folder.parent!r}: rename it, a student's name must be printable")
        try:
            submission = read_submission(find_notebook(folder, assignment_id))
            yield Handed(folder.parent.name, folder, submission)
        except Unreadable as error:
            yield Handed(folder.parent.name, folder, None, str(error))


def under_pseudonyms(handed: list[Handed], key: Key) -> list[Handed]:
    """The same submissions under names that only the key's holder can turn back, in their order."""
    names = key.names(h.student for h in handed)
    by_student = {h.student: h for h in handed}
    return [replace(by_student[names[name]], student=name) for name in sorted(names)]


class Store:
    """Judgements on disk, a file a student, so that a run broken off loses nothing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _path(self, student: str) -> Path:
        return self._folder / f"{student}.json"

    def has(self, handed: Handed) -> bool:
        """Whether this very file was judged; what could not be checked is tried again."""
        path = self._path(handed.student)
        if not path.exists() or json.loads(path.read_text())["digest"] != handed.digest:
            return False
        verdicts = self.read(handed).verdicts.values()
        return all(verdict.outcome != NOT_CHECKABLE for verdict in verdicts)

    def read(self, handed: Handed) -> Judgement:
        return Judgement.from_dict(json.loads(self._path(handed.student).read_text())["judgement"])

    def write(self, handed: Handed, judgement: Judgement) -> None:
        data = {"digest": handed.digest, "judgement": judgement.to_dict()}
        write_atomically(self._path(handed.student), json.dumps(data, indent=1) + "\n")


def judge_missing(
    assignment: Assignment,
    handed: list[Handed],
    store: Store,
    run: Run,
    workers: int,
    trust: bool,
    source: AssignmentSource,
) -> set[str]:
    """Judge what has no result yet, saving each as it comes; return those students."""
    missing = {h.student: h for h in handed if not store.has(h)}
    jobs = [Job(h.student, h.submission) for h in missing.values() if h.submission]
    for h in missing.values():
        if h.submission is None:
            store.write(h, unreadable(source, assignment, h.why))
    done = judge_all(run.assignment, jobs, run.seed, trust, min(workers, max(1, len(jobs))))
    for result in tqdm(done, total=len(jobs), desc="judged", file=sys.stderr, disable=not jobs):
        store.write(missing[result.key], result.judgement)
    return set(missing)


def record(
    source: AssignmentSource,
    assignment: Assignment,
    handed: list[Handed],
    judgements: Mapping[str, Judgement],
    fresh: set[str],
    recorder: Recorder,
) -> None:
    """Enter what is new, or has no feedback page yet, into the gradebook."""
    due = [h for h in handed if h.student in fresh or not recorder.has_feedback(h.student)]
    if not due:
        return
    recorder.register()
    for h in tqdm(due, desc="recorded", file=sys.stderr):
        answers = find_answers(source, h.submission, assignment.names) if h.submission else None
        notebook = graded_notebook(source, answers, judgements[h.student])
        recorder.record(h.student, notebook, h.folder)


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
