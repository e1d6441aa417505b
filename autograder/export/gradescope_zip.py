"""``gradescope-zip``: an autograder to upload to Gradescope, which runs the judge of ``grade``.

Format: gradescope-autograders.readthedocs.io, "Autograder Specifications": ``setup.sh`` and
``run_autograder`` at the root of the zip; both lie in ``gradescope/`` beside this file.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from autograder.export import PUBLISHED, VISIBILITIES
from autograder.export.gradescope_run import SETTINGS
from autograder.judge.assignment import load_assignment
from autograder.source import ROOT, read_source
from autograder.term.bundle import KINDS, Files, zipped
from glaucam.errors import InputError

SCRIPTS = ("run_autograder", "setup.sh")
ALSO = ("ipython", "jupytext", "nbgrader")  # what the judge needs beyond the library
NOT_THERE = ("bank", "__pycache__")  # folders of autograder/ that a judge does without


def gradescope_zip(assignment: str, seed: int, visibility: str = PUBLISHED) -> bytes:
    """The zip's bytes: the same assignment, seed and machine give the same ones."""
    if visibility not in VISIBILITIES:
        raise InputError(f"visibility is {visibility!r}; expected one of {', '.join(VISIBILITIES)}")
    return zipped(zip_files(assignment, seed, visibility), SCRIPTS)


def zip_files(assignment: str, seed: int, visibility: str) -> Files:
    """Scripts, requirements, settings, the grader without its banks, one solution, the library."""
    withheld = load_assignment(read_source(assignment).id).withheld
    settings = {"assignment": assignment, "seed": seed, "visibility": visibility}
    scripts = Path(__file__).parent / "gradescope"
    files = {name: (scripts / name).read_bytes() for name in SCRIPTS}
    files["requirements.txt"] = "".join(f"{line}\n" for line in requirements(withheld)).encode()
    files[SETTINGS] = (json.dumps(settings, indent=1) + "\n").encode()
    for path in (*_grader(), *_library(), ROOT / "solutions" / f"{assignment}.py"):
        files[path.relative_to(ROOT).as_posix()] = path.read_bytes()
    return files


def _grader() -> Iterator[Path]:
    grader = ROOT / "autograder"
    for path in sorted(grader.rglob("*.py")):
        if not set(path.relative_to(grader).parts) & set(NOT_THERE):
            yield path


def _library() -> Iterator[Path]:
    package = ROOT / "course" / "glaucam"
    yield from (path for path in sorted(package.rglob("*")) if path.suffix in KINDS)


def requirements(withheld: frozenset[str]) -> list[str]:
    """Pinned to what is installed here, so that both judges judge alike; never what is withheld.

    A package that is withheld has no file in our jail, so here it must not be installed.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = {Requirement(line).name for line in project["dependencies"]} | set(ALSO)
    held = {canonicalize_name(name) for name in withheld}
    kept = sorted(names, key=str.lower)
    return [f"{name}=={_public(name)}" for name in kept if canonicalize_name(name) not in held]


def _public(name: str) -> str:
    """The version without a local part (+cpu), which no index serves."""
    return metadata.version(name).partition("+")[0]
