"""``python -m autograder export``: read a run, name its students, write one format."""

from __future__ import annotations

import argparse
import json
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.run import write_atomically
from autograder.term.asked import is_anonymous, key_of, say, settle_late, students_in, warn
from glaucam.errors import InputError

if TYPE_CHECKING:
    from autograder.export.sheet import Sheet


def run_export(asked: argparse.Namespace) -> int:
    if asked.format == "gradescope-zip":
        return run_export_zip(asked)
    if asked.out is None:
        raise InputError(f"export {asked.format} needs --out, the folder of a run of grade")
    sheet = sheet_of(asked)
    if sheet.waiting:
        warn(
            f"{len(sheet.waiting)} totals are not final, a person has yet to look: status says who"
        )
    written = write_export(asked, sheet)
    data = {
        "format": asked.format,
        "assignment": sheet.assignment,
        "students": len(sheet.lines),
        "waiting": sheet.waiting,
        "files": [str(path) for path in written],
    }
    return say(asked, data, f"{len(sheet.lines)} students in {asked.to}")


def run_export_zip(asked: argparse.Namespace) -> int:
    from autograder.export.gradescope_zip import gradescope_zip

    if asked.assignment is None:
        raise InputError("export gradescope-zip needs an assignment: export gradescope-zip ID --to")
    seed = secrets.randbelow(2**31) if asked.seed is None else asked.seed
    content = gradescope_zip(asked.assignment, seed, asked.visibility)
    asked.to.parent.mkdir(parents=True, exist_ok=True)
    asked.to.write_bytes(content)
    data = {"to": str(asked.to), "assignment": asked.assignment, "seed": seed}
    words = f"{asked.to}: {asked.assignment}, seed {seed}; it holds the judge: staff only"
    return say(asked, data, words)


def sheet_of(asked: argparse.Namespace) -> Sheet:
    """The marks of a run under the names that were asked for, with what being late costs."""
    from autograder.export.sheet import make_sheet
    from autograder.term.book import db_url_of, read_book
    from autograder.term.graded import read_graded
    from autograder.term.penalties import keep_policy

    graded = read_graded(asked.out)
    settle_late(asked, graded.assignment)
    standings = read_book(db_url_of(asked.out, asked.db), graded.assignment)
    return make_sheet(graded, standings, keep_policy(asked.out, None), namer(asked))


def namer(asked: argparse.Namespace) -> Callable[[str], str]:
    """What each student of the run is called in an export."""
    anonymous = is_anonymous(asked.out)
    if asked.reveal and asked.anonymous:
        raise InputError("--anonymous and --reveal at once: choose one")
    if asked.reveal:
        if not anonymous or asked.submitted is None:
            raise InputError("--reveal needs --submitted, and a run that was graded --anonymous")
        names = key_of(asked.reveal).names(students_in(asked.submitted))
        return lambda student: revealed(names, student)
    if asked.anonymous and not anonymous:
        return key_of(asked.anonymous).pseudonym
    return str


def revealed(names: dict[str, str], pseudonym: str) -> str:
    if pseudonym not in names:
        raise InputError(
            f"{pseudonym} is nobody in --submitted under this key: is it the right one?"
        )
    return names[pseudonym]


def write_export(asked: argparse.Namespace, sheet: Sheet) -> list[Path]:
    """Write the files of one format; returns them."""
    from autograder.export.canvas import canvas_csv
    from autograder.export.gradescope import graded_results
    from autograder.export.moodle import moodle_csv
    from autograder.export.plain import plain_csv

    if asked.format == "gradescope":
        made = {
            asked.to / line.name / "results.json": graded_results(line, asked.visibility)
            for line in sheet.lines
        }
        texts = {path: json.dumps(data, indent=1) + "\n" for path, data in made.items()}
    else:
        filled = {"canvas": canvas_csv, "moodle": moodle_csv}.get(asked.format)
        text = filled(sheet, asked.title, asked.roster) if filled else plain_csv(sheet)
        texts = {asked.to: text}
    for path, text in texts.items():
        write_atomically(path, text)
    return list(texts)
