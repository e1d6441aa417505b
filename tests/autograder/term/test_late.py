"""The late policy to the minute: due, grace, time zones, days begun, cap, extensions, no time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autograder.gradebook.timestamps import handed_in
from autograder.term.late import LatePolicy, read_policy
from glaucam.errors import InputError

TEXT = """
due = 2026-03-01T23:59:00
timezone = "Europe/Berlin"
grace = "15 minutes"
penalty = 10
per = "day"
cap = 35
[extensions]
ann = "2 days"
"bob b" = 2026-03-05T12:00:00
"""


@pytest.fixture
def policy(tmp_path: Path) -> LatePolicy:
    (tmp_path / "late.toml").write_text(TEXT)
    return read_policy(tmp_path / "late.toml")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("handed", "points"),
    [
        ("2026-03-01 22:59:00", 0.0),  # due, by Berlin's winter clock
        ("2026-03-01 22:59:59.999999", 0.0),  # seconds do not count
        ("2026-03-01 23:14:59", 0.0),  # the last minute of grace
        ("2026-03-01 23:15:00", 2.0),  # over: the first day is begun
        ("2026-03-02 22:59:59", 2.0),  # one day after due, not after grace
        ("2026-03-02 23:00:00", 4.0),  # the second is begun
        ("2026-03-04 23:00:00", 7.0),  # 40 %, but the cap is 35
        ("2027-01-01 00:00:00", 7.0),
        ("2026-02-01 00:00:00", 0.0),  # early
    ],
)
def test_penalty_by_the_minute(policy: LatePolicy, handed: str, points: float):
    assert policy.penalty("cem", at(handed), 20.0) == points


def test_an_extension_moves_the_due_time_and_grace_goes_with_it(policy: LatePolicy):
    assert policy.penalty("ann", at("2026-03-03 23:14:00"), 20.0) == 0
    assert policy.penalty("ann", at("2026-03-03 23:15:00"), 20.0) == 2
    assert policy.due_for("bob b") == at("2026-03-05 11:00:00")


def test_without_a_time_nothing_is_late(policy: LatePolicy):
    assert policy.penalty("cem", None, 20.0) == 0
    assert policy.late_by("cem", None) == timedelta()


def test_a_penalty_by_the_hour_counts_hours_begun(tmp_path: Path):
    (tmp_path / "p.toml").write_text(
        'due = 2026-07-01T12:00:00+02:00\npenalty = 2.5\nper = "hour"\ncap = 100\n'
    )
    policy = read_policy(tmp_path / "p.toml")
    assert policy.penalty("cem", at("2026-07-01 10:00:59"), 10.0) == 0
    assert policy.penalty("cem", at("2026-07-01 10:01:00"), 10.0) == 0.25
    assert policy.penalty("cem", at("2026-07-01 11:01:00"), 10.0) == 0.5
    assert policy.penalty("cem", at("2026-08-01 11:01:00"), 10.0) == 10.0  # never below zero


def test_a_due_time_stands_on_the_clock_of_its_own_season(tmp_path: Path):
    (tmp_path / "p.toml").write_text(
        'due = 2026-07-01T12:00:00\ntimezone = "Europe/Berlin"\npenalty = 10\n'
    )
    assert read_policy(tmp_path / "p.toml").due == at("2026-07-01 10:00:00")


def test_the_kept_copy_reads_back_as_the_same_policy(policy: LatePolicy, tmp_path: Path):
    renamed = policy.renamed(lambda name: f'"{name}\\')
    (tmp_path / "kept.toml").write_text(renamed.as_toml())
    assert read_policy(tmp_path / "kept.toml") == renamed


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("due = ", "cannot be read as a late policy in TOML"),
        ("penalty = 10", "due is None; expected a time like"),
        ("due = 2026-03-01T12:00:00\npenalty = 10", "no offset and there is no timezone"),
        ("due = 2026-03-01\npenalty = 10", "expected a time like"),
        ("due = 2026-03-01T12:00:00Z", "penalty is None; expected percent from 0 to 100"),
        ("due = 2026-03-01T12:00:00Z\npenalty = 101", "expected percent from 0 to 100"),
        ("due = 2026-03-01T12:00:00Z\npenalty = true", "expected percent"),
        ("due = 2026-03-01T12:00:00Z\npenalty = 1\nper = 'week'", 'expected "day" or "hour"'),
        ("due = 2026-03-01T12:00:00Z\npenalty = 1\ngrace = 15", "expected a time span like"),
        ("due = 2026-03-01T12:00:00Z\npenalty = 1\ntimezone = 'Mars'", "Europe/Berlin"),
        ("due = 2026-03-01T12:00:00Z\npenalty = 1\ngracetime = '1 day'", "unknown key 'gracetime'"),
        ("due = 2026-03-01T12:00:00Z\npenalty = 1\nextensions = 3", "extensions is no table"),
        ("due = 2026-03-01T12:00:00Z\npenalty = 1\n[extensions]\na = 3", "extensions.a is 3"),
    ],
)
def test_what_is_wrong_with_a_policy_is_told_in_one_line(tmp_path: Path, text: str, said: str):
    path = tmp_path / "late.toml"
    path.write_text(text)
    with pytest.raises(InputError, match=r".") as caught:
        read_policy(path)
    assert said in str(caught.value)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-03-01 22:59:59.5 UTC", "2026-03-01 22:59:59.500000"),
        ("2026-03-01 23:59:59", "2026-03-01 23:59:59"),  # as nbgrader, without a zone: UTC
        ("2026-03-01 23:59:59 +0100", "2026-03-01 22:59:59"),
        ("2026-03-01T23:59:59-05:00", "2026-03-02 04:59:59"),
        ("2026-03-01 23:59:59 CET", "2026-03-01 22:59:59"),
        ("2026-03-01 23:59:59 XYT", None),  # no zone there is
        ("yesterday", None),
        ("", None),
    ],
)
def test_a_timestamp_is_read_in_its_own_zone(tmp_path: Path, text: str, utc: str | None):
    (tmp_path / "timestamp.txt").write_text(text)
    assert handed_in(tmp_path) == (datetime.fromisoformat(utc) if utc else None)


def test_no_timestamp_is_no_time(tmp_path: Path):
    assert handed_in(tmp_path) is None
