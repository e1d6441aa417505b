"""What handing in late costs: one small TOML file, and exact rules.

    due = 2026-03-01T23:59:00     # by the clock of `timezone`; or with an offset, …T23:59:00+01:00
    timezone = "Europe/Berlin"
    grace = "15 minutes"
    penalty = 10                  # percent of the points reached, for every day begun
    per = "day"                   # or "hour"
    cap = 50                      # percent at most
    [extensions]
    ann = "2 days"                # after `due`
    bob = 2026-03-05T12:00:00     # or a time of their own

Seconds of the hand-in do not count: 23:59:59 is 23:59. Up to and with the last minute of grace it
is on time; after that, time counts from `due`, and a day (24 hours) or hour begun is a whole one.
Without a time of submission nothing is late.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from glaucam.errors import InputError

KEYS = ("due", "timezone", "grace", "penalty", "per", "cap", "extensions")
UNITS = {"minute": 60, "hour": 3600, "day": 86400}
_SPAN = re.compile(r"(\d+(?:\.\d+)?) *(minute|hour|day)s?")


@dataclass(frozen=True)
class LatePolicy:
    """Times in UTC. ``percent`` of the points reached for each ``unit`` begun, at most ``cap``."""

    due: datetime
    grace: timedelta
    percent: float
    unit: timedelta
    cap: float
    extensions: Mapping[str, datetime]

    def due_for(self, student: str) -> datetime:
        return self.extensions.get(student, self.due)

    def late_by(self, student: str, handed_in: datetime | None) -> timedelta:
        """How long after the student's due time; nothing within grace, or without a time."""
        if handed_in is None:
            return timedelta()
        late = handed_in.replace(second=0, microsecond=0) - self.due_for(student)
        return late if late > self.grace else timedelta()

    def penalty(self, student: str, handed_in: datetime | None, reached: float) -> float:
        """Points off, to two digits."""
        begun = math.ceil(self.late_by(student, handed_in) / self.unit)
        return round(reached * min(begun * self.percent, self.cap) / 100, 2)

    def renamed(self, name_of: Callable[[str], str]) -> LatePolicy:
        """The same policy with other names for students."""
        return replace(self, extensions={name_of(s): t for s, t in self.extensions.items()})

    def as_toml(self) -> str:
        """A file that reads back as this policy."""
        per = {timedelta(seconds=s): name for name, s in UNITS.items()}[self.unit]
        lines = [
            f"due = {self.due.isoformat()}",
            f'grace = "{self.grace.total_seconds() / 60:g} minutes"',
            f"penalty = {self.percent}",
            f'per = "{per}"',
            f"cap = {self.cap}",
            "[extensions]",
        ]
        lines += [f"{_quoted(s)} = {t.isoformat()}" for s, t in self.extensions.items()]
        return "\n".join(lines) + "\n"


def _quoted(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def read_policy(path: Path) -> LatePolicy:
    """Read a policy; InputError names the file, the key and what is expected there."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{path} cannot be read as a late policy in TOML ({error})") from error
    try:
        return _policy(data)
    except InputError as error:
        raise InputError(f"{path}: {error}") from error


def _policy(data: Mapping[str, Any]) -> LatePolicy:
    if unknown := [key for key in data if key not in KEYS]:
        raise InputError(f"unknown key {unknown[0]!r}; expected {', '.join(KEYS)}")
    zone = _zone(data.get("timezone"))
    due = _time("due", data.get("due"), zone)
    extensions = data.get("extensions", {})
    if not isinstance(extensions, dict):
        raise InputError("extensions is no table; expected [extensions] and lines student = time")
    per = data.get("per", "day")
    if per not in ("day", "hour"):
        raise InputError(f'per is {per!r}; expected "day" or "hour"')
    return LatePolicy(
        due,
        _span("grace", data.get("grace", "0 minutes")),
        _percent("penalty", data.get("penalty")),
        timedelta(seconds=UNITS[per]),
        _percent("cap", data.get("cap", 100)),
        {student: _extended(student, given, due, zone) for student, given in extensions.items()},
    )


def _zone(name: Any) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name is not None else None
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError) as error:
        raise InputError(f'timezone is {name!r}; expected a name like "Europe/Berlin"') from error


def _time(key: str, given: Any, zone: ZoneInfo | None) -> datetime:
    """A TOML date and time, in UTC, its seconds cut off as those of a hand-in are."""
    if not isinstance(given, datetime):
        raise InputError(f"{key} is {given!r}; expected a time like 2026-03-01T23:59:00+01:00")
    if given.tzinfo is None and zone is None:
        raise InputError(f"{key} has no offset and there is no timezone; add one of the two")
    aware = given if given.tzinfo else given.replace(tzinfo=zone)
    return aware.astimezone(UTC).replace(second=0, microsecond=0)


def _span(key: str, given: Any) -> timedelta:
    match = _SPAN.fullmatch(given.strip()) if isinstance(given, str) else None
    if match is None:
        raise InputError(f'{key} is {given!r}; expected a time span like "15 minutes" or "2 days"')
    return timedelta(seconds=float(match[1]) * UNITS[match[2]])


def _percent(key: str, given: Any) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 <= given <= 100:
        raise InputError(f"{key} is {given!r}; expected percent from 0 to 100")
    return float(given)


def _extended(student: str, given: Any, due: datetime, zone: ZoneInfo | None) -> datetime:
    key = f"extensions.{student}"
    return due + _span(key, given) if isinstance(given, str) else _time(key, given, zone)
