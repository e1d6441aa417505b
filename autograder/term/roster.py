"""The list of a course's students: a text file with a name a line, or a CSV file with a column."""

from __future__ import annotations

from pathlib import Path

from autograder.tables import read_csv
from glaucam.errors import InputError

COLUMNS = ("student", "student_id", "username", "SIS Login ID", "id")


def read_roster(path: Path) -> list[str]:
    """Student ids in the order of the file; InputError where there are none."""
    if path.suffix.lower() == ".csv":
        rows = read_csv(path)
        column = next((name for name in COLUMNS if rows and name in rows[0]), None)
        if column is None:
            raise InputError(f"{path} has none of the columns {', '.join(COLUMNS)}")
        names = [row[column].strip() for row in rows]
    else:
        try:
            names = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"{path} cannot be read as a list of students ({error})") from error
    if not any(names):
        raise InputError(f"{path} names no student; expected one a line")
    return list(dict.fromkeys(name for name in names if name))
