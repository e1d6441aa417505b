"""The gradebook in a real PostgreSQL that several graders write into at the same moment."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.gradebook.session import open_gradebook, shown
from glaucam.errors import InputError
from tests.autograder.postgres import binaries, postgres
from tests.autograder.recorded import ID, POINTS, record_class

GRADERS, EACH = 2, 3


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    programs = binaries()
    if programs is None and os.environ.get("CI"):
        pytest.fail("PostgreSQL is missing, and CI is meant to have it")
    if programs is None:
        pytest.skip("no PostgreSQL on this machine")
    with postgres(programs) as url:
        yield url


@pytest.mark.slow
def test_several_graders_at_once_lose_nothing(server: str, tmp_path: Path) -> None:
    """Each begins with an empty database: who is second meets the tables the first one makes."""
    context = multiprocessing.get_context("spawn")
    gate = context.Barrier(GRADERS)
    classes = [[f"s{g}{n}" for n in range(EACH)] + ["shared"] for g in range(GRADERS)]
    graders = [
        context.Process(target=record_class, args=(server, str(tmp_path / f"out{g}"), names, gate))
        for g, names in enumerate(classes)
    ]
    for grader in graders:
        grader.start()
    for grader in graders:
        grader.join(120)
    assert [grader.exitcode for grader in graders] == [0] * GRADERS
    with Gradebook(server) as gradebook:
        assert len(gradebook.students) == GRADERS * EACH + 1
        for name in {name for names in classes for name in names}:
            submission = gradebook.find_submission(ID, name)
            assert submission.score == pytest.approx(POINTS)


def test_a_database_that_does_not_answer_is_told_in_one_line() -> None:
    url = "postgresql+psycopg://ann:secret@/grades?host=/nonexistent"
    with pytest.raises(InputError) as caught:
        open_gradebook(url)
    said = str(caught.value)
    assert "does not open" in said
    assert "secret" not in said
    assert "\n" not in said


def test_a_password_is_not_shown() -> None:
    assert shown("postgresql+psycopg://ann:pass@db/g") == "postgresql+psycopg://ann:…@db/g"
    assert shown("sqlite:////tmp/a.db") == "sqlite:////tmp/a.db"
