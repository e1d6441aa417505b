"""Enter graded notebooks into an nbgrader gradebook, and write the feedback pages from it."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import AssignLatePenalties, SaveCells
from sqlalchemy.exc import DBAPIError, SAWarning

from autograder.errors import Unfinished
from autograder.gradebook.page import FeedbackExporter, feedback_exporter
from autograder.gradebook.preprocessors import SaveJudgement
from autograder.gradebook.session import (
    SharedGradebook,
    again_if_in_the_way,
    open_gradebook,
    shown,
)
from autograder.gradebook.timestamps import handed_in
from autograder.release import instructor_notebook
from autograder.run import write_atomically
from autograder.source import AssignmentSource

SLIPS = ("timestamp.txt", "submission_secret.txt")  # by these nbgrader knows a hand-in again
LONGEST_SLIP = 1024  # bytes
# nbgrader's models autoflush half-built rows; harmless, and nothing an instructor could act on.
warnings.filterwarnings("ignore", category=SAWarning, module=r"nbgrader\.")


class Recorder:
    """An assignment's place in a gradebook, with ``autograded/`` and ``feedback/`` beside it.

    All of it is used from one thread: an SQLite connection belongs to the thread that made it.
    """

    def __init__(self, source: AssignmentSource, out: Path, db_url: str | None = None) -> None:
        self._source, self._out = source, out
        self._db_url = db_url or f"sqlite:///{(out / 'gradebook.db').resolve()}"

    @cached_property
    def _gradebook(self) -> SharedGradebook:
        return open_gradebook(self._db_url)

    @cached_property
    def _exporter(self) -> FeedbackExporter:
        return feedback_exporter(self._out)

    def _resources(self, student: str) -> dict[str, Any]:
        marks = {
            "student": student,
            "assignment": self._source.id,
            "notebook": self._source.id,
            "db_url": self._db_url,
        }
        return {
            "nbgrader": marks,
            "unique_key": self._source.id,
            "metadata": {"name": self._source.id},
        }

    def _write(self, work: Callable[[SharedGradebook], Any]) -> Any:
        """Do all of ``work`` in one transaction, or none; again where another grader interfered."""

        def once() -> Any:
            with self._gradebook.transaction() as gradebook:
                return work(gradebook)

        try:
            return again_if_in_the_way(once)
        except DBAPIError as error:
            said = " ".join(str(error.orig).split())[:200]
            raise Unfinished(
                f"{shown(self._db_url)}: the gradebook takes nothing ({said}); mend that and run "
                "the same command again to go on"
            ) from error

    def register(self) -> None:
        """Make the gradebook, the assignment and its cells where they are not there yet."""

        def cells(gradebook: SharedGradebook) -> None:
            gradebook.update_or_create_assignment(self._source.id)
            SaveCells().preprocess(instructor_notebook(self._source), self._resources(""))

        self._write(cells)

    def record(self, student: str, notebook: NotebookNode, folder: Path) -> None:
        """Enter one student's graded notebook, keep it in ``autograded/``, write the feedback."""

        def scores(gradebook: SharedGradebook) -> tuple[NotebookNode, str]:
            gradebook.update_or_create_student(student)
            gradebook.update_or_create_submission(
                self._source.id, student, timestamp=handed_in(folder)
            )
            saved = notebook
            for step in (SaveJudgement(), AssignLatePenalties()):
                saved, _ = step.preprocess(saved, self._resources(student))
            return saved, self.page(student, saved)

        saved, page = self._write(scores)
        nbformat.write(saved, self._path("autograded", student, ".ipynb"))
        for kind in ("autograded", "feedback"):
            keep_slips(folder, self._folder(kind, student))
        write_atomically(self._path("feedback", student, ".html"), page)

    def close(self) -> None:
        """Let go of the database, if it was opened."""
        if "_gradebook" in self.__dict__:
            self._gradebook.close()
            del self.__dict__["_gradebook"]

    def has_feedback(self, student: str) -> bool:
        return self._path("feedback", student, ".html").exists()

    def _folder(self, kind: str, student: str) -> Path:
        folder = self._out / kind / student / self._source.id
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def _path(self, kind: str, student: str, suffix: str) -> Path:
        return self._folder(kind, student) / f"{self._source.id}{suffix}"

    def page(self, student: str, notebook: NotebookNode) -> str:
        """The feedback page of nbgrader's own template, with what students wrote made harmless."""
        page, _ = self._exporter.from_notebook_node(notebook, self._resources(student))
        return page


def keep_slips(folder: Path, beside: Path) -> None:
    """Copy nbgrader's slips of a hand-in to where ``release_feedback`` looks for them."""
    for name in SLIPS:
        slip = folder / name
        if slip.is_file() and not slip.is_symlink() and slip.stat().st_size <= LONGEST_SLIP:
            shutil.copyfile(slip, beside / name)
