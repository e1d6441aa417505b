"""A finished run of ``grade``, read back from its folder: run.json and grades.csv."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from autograder.tables import as_written, read_csv
from glaucam.errors import InputError


@dataclass(frozen=True)
class Row:
    """One line of grades.csv: one student, one check."""

    student: str
    check: str
    points: float
    most: float
    outcome: str
    misconception: str
    message: str


@dataclass(frozen=True)
class Graded:
    """A run: the assignment, the seed, and its rows in the order of the file."""

    folder: Path
    assignment: str
    seed: int
    seconds: float | None
    rows: tuple[Row, ...]

    @property
    def students(self) -> list[str]:
        return list(dict.fromkeys(row.student for row in self.rows))

    @property
    def checks(self) -> dict[str, float]:
        """Check id → points that can be had."""
        return {row.check: row.most for row in self.rows}

    def of(self, student: str) -> list[Row]:
        return [row for row in self.rows if row.student == student]


def read_graded(out: Path) -> Graded:
    """Read a run's folder; InputError where no run of ours was finished there."""
    run, table = out / "run.json", out / "grades.csv"
    if not run.is_file() or not table.is_file():
        raise InputError(
            f"{out} holds no finished run (run.json, grades.csv): grade into it with "
            f"python -m autograder grade <assignment> --submitted DIR --out {out}"
        )
    try:
        kept = json.loads(run.read_text(encoding="utf-8"))
        rows = tuple(_row(cells) for cells in read_csv(table))
        return Graded(out, kept["assignment"], kept["seed"], kept.get("seconds"), rows)
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{out} holds no run of ours ({error!r})") from error


def _row(cells: dict[str, str]) -> Row:
    text = {name: as_written(cell) for name, cell in cells.items()}
    return Row(
        text["student"],
        text["check"],
        float(text["points"]),
        float(text["max_points"]),
        text["outcome"],
        text["misconception"],
        text["message"],
    )


def read_times(graded: Graded) -> dict[str, list[float]]:
    """Check id → seconds, from the judgements kept beside the run; empty where none are kept."""
    times: dict[str, list[float]] = {}
    for path in sorted((graded.folder / "results").glob("[!.]*.json")):
        kept = json.loads(path.read_text(encoding="utf-8")).get("judgement", {})
        for check, seconds in kept.get("seconds", {}).items():
            times.setdefault(check, []).append(float(seconds))
    return times
