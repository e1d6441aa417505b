"""When a submission was handed in: nbgrader's ``timestamp.txt`` beside it."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from pathlib import Path

from dateutil import parser, tz

log = logging.getLogger(__name__)
LONGEST = 64  # characters
LARGEST = 1024  # bytes; a file of more is no slip of nbgrader's


def handed_in(folder: Path) -> datetime | None:
    """The time in ``timestamp.txt``, in UTC and without a zone, as nbgrader's gradebook keeps it.

    A time without a zone is UTC, as nbgrader writes it. None where there is no file, or none that
    reads.
    """
    file = folder / "timestamp.txt"
    if not file.is_file() or file.is_symlink() or file.stat().st_size > LARGEST:
        return None
    try:
        text = file.read_text(encoding="utf-8").strip()[:LONGEST]
        when = parser.parse(text, tzinfos=_zone)
        return when.astimezone(UTC).replace(tzinfo=None) if when.tzinfo else when
    except (ValueError, OverflowError, OSError) as error:
        log.warning("%s: no time of submission (%s)", file, error)
        return None


def _zone(name: str | None, seconds: int | None) -> tz.tzoffset | tz.tzfile:
    """The zone of an abbreviation. Many stand for several zones; then ours is no better guess."""
    if seconds is not None:
        return tz.tzoffset(name, seconds)
    zone = tz.gettz(name)
    if zone is None:
        raise ValueError(f"{name} names no one time zone; set nbgrader's Exchange.timezone to UTC")
    return zone
