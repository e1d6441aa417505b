"""Names for students that only the holder of a key can turn back.

A pseudonym is an HMAC-SHA256 of the student's name under a key that lies in a file: the same in
every assignment, and without the key not even a list of names helps to find whose it is.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from autograder.run import write_atomically
from glaucam.errors import InputError

SHORTEST_KEY = 32  # characters
MARK = "pseudonyms.txt"  # in a run's folder: under which key it was graded


@dataclass(frozen=True)
class Key:
    """The secret behind pseudonyms."""

    secret: bytes = field(repr=False)  # no traceback may print it

    def pseudonym(self, student: str) -> str:
        """``s-`` and 60 bits in lower-case letters and digits."""
        digest = hmac.digest(self.secret, b"student:" + student.encode(), hashlib.sha256)
        return "s-" + base64.b32encode(digest).decode()[:12].lower()

    @property
    def fingerprint(self) -> str:
        """Tells keys apart, and says nothing about them."""
        return hmac.digest(self.secret, b"fingerprint", hashlib.sha256).hex()[:16]

    def names(self, students: Iterable[str]) -> dict[str, str]:
        """Pseudonym → student; InputError where two students share one."""
        found: dict[str, str] = {}
        for student in students:
            if (other := found.setdefault(self.pseudonym(student), student)) != student:
                raise InputError(f"{student} and {other} share a pseudonym: take another key")
        return found


def read_key(path: Path) -> Key:
    """Read a key; InputError where the file is missing, or too short to be secret."""
    make = f"make one with python -m autograder names --key {path} --make"
    try:
        secret = path.read_bytes().strip()
    except OSError as error:
        raise InputError(f"{path}: no key to be read ({error.strerror}); {make}") from error
    if len(secret) < SHORTEST_KEY:
        raise InputError(f"{path} holds {len(secret)} characters, a key {SHORTEST_KEY}; {make}")
    return Key(secret)


def make_key(path: Path) -> None:
    """Write a new key that only its owner can read; InputError where there is a file already."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise InputError(f"{path}: no new key is written ({error.strerror})") from error
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_hex(32) + "\n")


def require_one_naming(out: Path, key: Key | None) -> None:
    """Note in a run's folder how its students are named; InputError where it is otherwise already.

    The same students under two names in one gradebook would be two classes.
    """
    mark = out / MARK
    kept = mark.read_text(encoding="utf-8").strip() if mark.is_file() else None
    asked = key.fingerprint if key else None
    if kept == asked:
        return
    if kept is not None:
        raise InputError(f"{out} was graded with --anonymous and another key; give that key")
    if (out / "run.json").exists():
        raise InputError(f"{out} was graded under real names: choose another --out for pseudonyms")
    write_atomically(mark, key.fingerprint + "\n")
