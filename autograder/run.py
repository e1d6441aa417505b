"""One grading run: its seed, drawn once, and what it was made with, kept in ``run.json``."""

from __future__ import annotations

import fcntl
import hashlib
import importlib.metadata
import json
import os
import platform
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

import glaucam
from autograder.source import ROOT, SOLUTIONS
from glaucam.errors import InputError

PACKAGES = ("torch", "torchvision", "numpy", "scipy", "nbgrader")


@dataclass(frozen=True)
class Run:
    """``judge``: SHA-256 over all that decides, so that results are not mixed.

    ``walls``: what stood around student code, and what this machine could not give.
    """

    assignment: str
    seed: int
    judge: str
    versions: dict[str, str] = field(default_factory=dict)
    seconds: float | None = None
    submissions: int | None = None
    walls: dict[str, str] = field(default_factory=dict)


def open_run(path: Path, assignment: str, seed: int | None = None) -> Run:
    """The run kept at ``path``, or a new one with ``seed`` or a drawn one, which is written there.

    Raises InputError where the file is of another assignment, seed or judge: results of the two
    must not stand side by side.
    """
    if not path.exists():
        drawn = secrets.randbelow(2**31) if seed is None else seed
        run = Run(assignment, drawn, judge_digest(assignment), versions())
        save_run(path, run)
        return run
    try:
        run = Run(**json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError, OSError) as error:
        raise InputError(f"{path} is not a run of ours ({error}): choose another --out") from error
    asked = Run(assignment, run.seed if seed is None else seed, judge_digest(assignment))
    for name in ("assignment", "seed", "judge"):
        if getattr(run, name) != getattr(asked, name):
            raise InputError(
                f"{path} holds a run with {name} {getattr(run, name)}, now it is "
                f"{getattr(asked, name)}: choose another --out, or regrade"
            )
    return run


@contextmanager
def alone(out: Path) -> Iterator[None]:
    """Keep a second run out of the same folder; InputError says that there is one."""
    out.mkdir(parents=True, exist_ok=True)
    folder = os.open(out, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InputError(f"another run writes into {out}: wait for it, or stop it") from error
        yield
    finally:
        os.close(folder)


def save_run(path: Path, run: Run) -> None:
    write_atomically(path, json.dumps(asdict(run), indent=1, sort_keys=True) + "\n")


def judge_digest(assignment: str) -> str:
    """SHA-256 over everything that decides: judge, jail, pipeline, library and the source."""
    files = [
        *(ROOT / "autograder").glob("*.py"),
        *(ROOT / "autograder" / "judge").rglob("*.py"),
        *(ROOT / "autograder" / "jail").rglob("*.py"),
        *Path(glaucam.__file__).parent.joinpath("checks").glob("*.py"),
        *Path(glaucam.__file__).parent.joinpath("methods").glob("*.py"),
        *Path(glaucam.__file__).parent.joinpath("models").glob("*.py"),
        SOLUTIONS / f"{assignment}.py",
    ]
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def versions() -> dict[str, str]:
    found = {name: importlib.metadata.version(name) for name in PACKAGES}
    return {"python": platform.python_version(), "glaucam": glaucam.__version__, **found}


def write_atomically(path: Path, text: str) -> None:
    """Replace ``path`` in one step; an interrupted or failed write leaves the old file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
