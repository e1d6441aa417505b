"""One open gradebook for a whole run, written to once a student.

nbgrader's steps each open a gradebook of their own and commit after every cell: nine openings and
some thirty commits a student, each of which waits for the disk.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, InvalidEntry, get_alembic_version
from nbgrader.preprocessors import getgrades, latesubmissions, saveautogrades, savecells
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from glaucam.errors import InputError

STEPS = (getgrades, latesubmissions, saveautogrades, savecells)
TRIES = 5  # another grader may hold the database, or make the same row, at this moment
WAIT = 0.2  # s before the second try; doubled each time up to 2 s


class SharedGradebook(Gradebook):
    """A gradebook that nbgrader's ``with`` blocks leave open."""

    def __exit__(self, *_exception: object) -> None:
        self.db.flush()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[SharedGradebook]:
        """All or nothing of what nbgrader's steps write in here, and this gradebook for them."""
        with contextlib.ExitStack() as stack:
            stack.enter_context(replaced(self.db, "commit", self.db.flush))
            for module in STEPS:
                stack.enter_context(replaced(module, "Gradebook", lambda url: self))
            try:
                yield self
            except BaseException:
                self.db.rollback()
                raise
        self.db.commit()


@contextlib.contextmanager
def replaced(thing: Any, name: str, value: Any) -> Iterator[None]:
    before = getattr(thing, name)
    setattr(thing, name, value)
    try:
        yield
    finally:
        setattr(thing, name, before)


def open_gradebook(url: str) -> SharedGradebook:
    """The gradebook at an SQLAlchemy URL, its tables made if need be; InputError if it won't open.

    Several may do so at once: who comes second finds the tables there.
    """
    with alembic_on_path():
        try:
            return again_if_in_the_way(lambda: with_version(SharedGradebook(url)))
        except (DBAPIError, ImportError) as error:
            said = " ".join(str(getattr(error, "orig", error)).split())[:200]
            raise InputError(f"{shown(url)}: the gradebook does not open ({said})") from error


def with_version(gradebook: SharedGradebook) -> SharedGradebook:
    """nbgrader notes the version of its tables last, and never where it was broken off before."""
    if not inspect(gradebook.engine).has_table("alembic_version"):
        table = "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"
        gradebook.db.execute(text(table))
        version = {"version": get_alembic_version()}
        gradebook.db.execute(text("INSERT INTO alembic_version VALUES (:version)"), version)
        gradebook.db.commit()
    return gradebook


def again_if_in_the_way(work: Callable[[], Any]) -> Any:
    """Do it; where another writer was in the way, wait a little and do it again."""
    for turn in range(TRIES - 1):
        try:
            return work()
        except (DBAPIError, InvalidEntry):
            time.sleep(min(2.0, WAIT * 2**turn))
    return work()


def shown(url: str) -> str:
    """A database's URL without the password in it."""
    head, at, tail = url.rpartition("@")
    scheme, slashes, user = head.partition("://")
    return f"{scheme}{slashes}{user.partition(':')[0]}:…@{tail}" if at and ":" in user else url


@contextlib.contextmanager
def alembic_on_path() -> Iterator[None]:
    """A fresh gradebook calls the program ``alembic``, which lies beside this Python."""
    before = os.environ.get("PATH", os.defpath)
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), before])
    try:
        yield
    finally:
        os.environ["PATH"] = before
