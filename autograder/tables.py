"""CSV that people open in spreadsheets and programs read back: no cell is a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from glaucam.errors import InputError

# A spreadsheet would run a cell that begins so (OWASP, "CSV Injection").
RISKY = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"-(\d+(\.\d+)?)?")  # or the dash that stands for none


def harmless(text: str) -> str:
    """Text for one cell: on one line, and no formula; a negative number and a dash are none."""
    text = "".join(c if c.isprintable() else " " for c in text)
    return f"'{text}" if text.startswith(RISKY) and not _NUMBER.fullmatch(text) else text


def as_written(cell: str) -> str:
    """The inverse of ``harmless`` for printable text."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(RISKY) else cell


def csv_text(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A CSV file as text, every cell harmless."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return out.getvalue()


def read_csv(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file with a header line; InputError where it is none."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restkey="", restval="")
            rows = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path} cannot be read as a CSV file ({error})") from error
    if not reader.fieldnames:
        raise InputError(f"{path} is empty; expected a CSV file with a header line")
    return rows
