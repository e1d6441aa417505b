"""What the autograder's tests share: walls, kernels, the assignment, and one graded folder."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from autograder.jail import walls as walls_module
from autograder.jail.kernel import Jail
from autograder.jail.limits import Limits
from autograder.jail.process import Walls
from autograder.judge.assignment import Assignment, load_assignment
from autograder.pipeline import Jails, open_jails
from autograder.source import AssignmentSource, read_source

ID = "a3_gradcam"
SEED = 11


@pytest.fixture(scope="session")
def bubblewrap() -> str:
    """The program; CI is meant to have it, so there its absence is a failure."""
    found = shutil.which("bwrap")
    if found is None and os.environ.get("CI"):
        pytest.fail("bubblewrap is missing, and CI is meant to have it")
    if found is None:
        pytest.skip("no bubblewrap on this machine")
    return found


@pytest.fixture(scope="session")
def source() -> AssignmentSource:
    return read_source(ID)


@pytest.fixture(scope="session")
def assignment() -> Assignment:
    return load_assignment(ID)


@pytest.fixture(scope="module", params=["preloaded", "bubblewrap"])
def walls(
    request: pytest.FixtureRequest, bubblewrap: str, assignment: Assignment
) -> Iterator[Walls]:
    """Both kinds of walls in turn; only numpy is preloaded, so that a kernel starts at once."""
    if request.param == "preloaded" and os.geteuid() != 0:
        pytest.skip("the preloaded parent needs root")
    kinds = {"preloaded": walls_module.Preloaded, "bubblewrap": walls_module.Bubblewrap}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(walls_module, "PRELOAD", "numpy")
        patch.setenv("SECRET_OF_THE_CALLER", "open sesame")
        standing = kinds[request.param](assignment.withheld)
        yield standing
        standing.close()


@pytest.fixture
def new_kernel(walls: Walls) -> Iterator[Callable[..., Jail]]:
    """``new_kernel(limit=…)``: a started kernel, stopped when the test is over."""
    started: list[Jail] = []

    def make(**limits: float) -> Jail:
        started.append(Jail(walls, Limits(**limits)).start())
        return started[-1]

    yield make
    for jail in started:
        jail.stop()


@pytest.fixture(scope="module")
def kernel(walls: Walls) -> Iterator[Jail]:
    """One kernel for the tests that only look around."""
    limits = Limits(call_seconds=120, notebook_seconds=300)  # a walk over cold files takes a while
    with Jail(walls, limits) as jail:
        yield jail


@pytest.fixture(scope="session")
def jails(bubblewrap: str, assignment: Assignment) -> Iterator[Jails]:
    """Kernels as grading has them, torch included."""
    with open_jails(assignment, seed=SEED, ahead=False) as standing:
        yield standing


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """An empty folder to grade in."""
    return tmp_path / "course"
