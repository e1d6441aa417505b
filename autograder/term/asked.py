"""What the term's commands share: how they answer, and how they read late policy and keys."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from autograder.term.pseudonyms import MARK, Key, read_key
from glaucam.errors import InputError


def say(asked: argparse.Namespace, data: Any, words: str) -> int:
    """Print one result: JSON where it was asked for, else words."""
    print(json.dumps(data, indent=1) if asked.json else words)
    return 0


def warn(message: str) -> None:
    print(f"autograder: {message}", file=sys.stderr)


def key_of(path: Path | None) -> Key | None:
    return read_key(path) if path else None


def is_anonymous(out: Path) -> bool:
    """Whether a run was graded under pseudonyms."""
    return (out / MARK).is_file()


def students_in(submitted: Path) -> list[str]:
    """The names of all folders that nbgrader would take for a student's."""
    if not submitted.is_dir():
        raise InputError(f"{submitted} is not a folder; expected DIR/<student>/<assignment>")
    return sorted(p.name for p in submitted.iterdir() if p.is_dir() and p.name[0] != ".")


def settle_late(asked: argparse.Namespace, assignment: str) -> bool:
    """Keep a late policy that was given, and enter the penalties of the one that is kept.

    Returns whether there is one. In a run under pseudonyms a policy is kept under pseudonyms too,
    so a key is needed to read one.
    """
    from autograder.term.book import db_url_of
    from autograder.term.penalties import keep_policy, settle

    name_of = None
    if is_anonymous(asked.out) and asked.late:
        key = key_of(getattr(asked, "anonymous", None) or getattr(asked, "reveal", None))
        if key is None:
            raise InputError(f"{asked.out} was graded --anonymous: --late needs the key too")
        name_of = key.pseudonym
    policy = keep_policy(asked.out, asked.late, name_of)
    for student in settle(policy, db_url_of(asked.out, asked.db), assignment):
        warn(f"the late policy has an extension for {student}, who has handed in nothing")
    return policy is not None
