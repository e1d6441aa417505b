"""Judge the same hand-ins again after a fix: first to see who changes, then, if asked, for good.

The new judgements are made in a folder beside the run (``<out>.regrade``), which an interrupted
regrade goes on from and ``--apply`` takes over; the run itself is written to by ``--apply`` alone.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from autograder import run as runs
from autograder.grade import grade
from autograder.run import write_atomically
from autograder.term.book import SQLITE, db_url_of
from autograder.term.changes import Change, as_csv, changes
from autograder.term.feedback import rebuild
from autograder.term.graded import Graded, read_graded
from autograder.term.hand_marks import keep_hand_marks
from autograder.term.penalties import keep_policy, settle
from autograder.term.pseudonyms import MARK, Key, require_one_naming
from glaucam.errors import InputError

APPLYING = "applying.txt"  # in the staging folder: which old results were put away for it


@dataclass(frozen=True)
class Regrade:
    """One regrade: what to judge, the finished run, and with what."""

    assignment: str
    submitted: Path
    out: Path
    seed: int
    workers: int = 1
    trust: bool = False
    db_url: str | None = None
    key: Key | None = None

    @property
    def staging(self) -> Path:
        out = self.out.resolve()
        return out.with_name(f"{out.name}.regrade")


def open_regrade(
    assignment: str, submitted: Path, out: Path, seed: int | None = None, **how: Any
) -> Regrade:
    """A regrade of the run in ``out``, with its seed unless another is given; else InputError."""
    graded = read_graded(out)
    if graded.assignment != assignment:
        raise InputError(f"{out} holds a run of {graded.assignment}, not of {assignment}")
    require_one_naming(out, how.get("key"))
    return Regrade(assignment, submitted, out, graded.seed if seed is None else seed, **how)


def preview(asked: Regrade) -> list[Change]:
    """Judge beside the run, and compare. Nothing in the run's folder is written."""
    before = read_graded(asked.out)
    return changes(before, _judged_anew(asked))


def _judged_anew(asked: Regrade) -> Graded:
    """The new judgements; what was staged by another judge or seed is thrown away first."""
    if asked.staging.exists() and not _is_of_now(asked):
        if (asked.staging / APPLYING).exists():
            raise InputError(
                f"{asked.staging} was being applied when the judge was changed again: finish it "
                f"with the judge as it was, or put back the newest of {asked.out / 'history'}"
            )
        shutil.rmtree(asked.staging)
    grade(
        *(asked.assignment, asked.submitted, asked.staging, asked.seed, asked.workers),
        *(asked.trust, None, asked.key),
    )
    return read_graded(asked.staging)


def _is_of_now(asked: Regrade) -> bool:
    """Whether the staging folder holds judgements of this assignment, seed and judge."""
    path = asked.staging / "run.json"
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        staged = (kept["assignment"], kept["seed"], kept["judge"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{asked.staging} is no regrade of ours ({error!r}): remove it") from error
    return staged == (asked.assignment, asked.seed, runs.judge_digest(asked.assignment))


def apply(asked: Regrade, found: list[Change]) -> Path:
    """Make the new judgements the run's; return where the old results were put away.

    Points and comments that people gave stay. Killed on the way, the same command finishes it.
    """
    marker = asked.staging / APPLYING
    if not marker.exists():
        kept = put_away(asked.out, asked.db_url)
        write_atomically(kept / "changes.csv", as_csv(found))
        write_atomically(marker, kept.name + "\n")
    db_url = db_url_of(asked.out, asked.db_url)
    with keep_hand_marks(db_url, asked.assignment, asked.staging / "hand_marks.json", asked.out):
        take_over(asked)
        grade(
            *(asked.assignment, asked.submitted, asked.out, asked.seed, asked.workers),
            *(asked.trust, asked.db_url, asked.key),
        )
    settle(keep_policy(asked.out, None), db_url, asked.assignment)
    list(rebuild(asked.out, asked.assignment, asked.db_url))
    kept = asked.out / "history" / marker.read_text(encoding="utf-8").strip()
    shutil.rmtree(asked.staging)
    return kept


def put_away(out: Path, db_url: str | None) -> Path:
    """Copy a run's results to ``history/<number>-<date>/``; the folder appears whole or not."""
    history = out / "history"
    history.mkdir(exist_ok=True)
    number = 1 + max((int(p.name[:3]) for p in history.glob("[0-9][0-9][0-9]-*")), default=0)
    final = history / f"{number:03d}-{datetime.now(UTC):%Y-%m-%d}"
    partial = history / ".partial"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir()
    for name in ("run.json", "grades.csv", "late.toml", MARK):
        if (out / name).is_file():
            shutil.copy2(out / name, partial / name)
    for name in ("results", "feedback"):
        if (out / name).is_dir():
            shutil.copytree(out / name, partial / name)
    copy_sqlite(db_url_of(out, db_url), partial / "gradebook.db")
    return partial.rename(final)


def copy_sqlite(db_url: str, to: Path) -> None:
    """A consistent copy of an SQLite gradebook; a database server keeps its own backups."""
    if not db_url.startswith(SQLITE):
        return
    with (
        closing(sqlite3.connect(db_url.removeprefix(SQLITE))) as source,
        closing(sqlite3.connect(to)) as target,
    ):
        source.backup(target)


def take_over(asked: Regrade) -> None:
    """Put the new judgements in the place of the old ones; pages are then made anew."""
    shutil.rmtree(asked.out / "results", ignore_errors=True)
    shutil.copytree(asked.staging / "results", asked.out / "results")
    for page in (asked.out / "feedback").glob(f"*/{asked.assignment}/*.html"):
        page.unlink()
    run = json.loads((asked.staging / "run.json").read_text(encoding="utf-8"))
    write_atomically(asked.out / "run.json", json.dumps(run, indent=1, sort_keys=True) + "\n")
