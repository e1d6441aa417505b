"""Enter graded notebooks into an nbgrader gradebook, and write the feedback pages from it."""

from __future__ import annotations

import os
import shutil
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import AssignLatePenalties, SaveCells
from sqlalchemy.exc import SAWarning
from traitlets.config import Config

from autograder.gradebook.preprocessors import HarmlessComments, SaveJudgement
from autograder.gradebook.timestamps import handed_in
from autograder.release import instructor_notebook
from autograder.run import write_atomically
from autograder.source import AssignmentSource

SLIPS = ("timestamp.txt", "submission_secret.txt")  # by these nbgrader knows a hand-in again
LONGEST_SLIP = 1024  # bytes
# nbgrader's models autoflush half-built rows; harmless, and nothing an instructor could act on.
warnings.filterwarnings("ignore", category=SAWarning, module=r"nbgrader\.")


class Recorder:
    """An assignment's place in a gradebook, with ``autograded/`` and ``feedback/`` beside it."""

    def __init__(self, source: AssignmentSource, out: Path, db_url: str | None = None) -> None:
        self._source, self._out = source, out
        self._db_url = db_url or f"sqlite:///{(out / 'gradebook.db').resolve()}"

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

    def register(self) -> None:
        """Make the gradebook, the assignment and its cells where they are not there yet."""
        with alembic_on_path(), Gradebook(self._db_url) as gradebook:
            gradebook.update_or_create_assignment(self._source.id)
        SaveCells().preprocess(instructor_notebook(self._source), self._resources(""))

    def record(self, student: str, notebook: NotebookNode, folder: Path) -> None:
        """Enter one student's graded notebook, keep it in ``autograded/``, write the feedback."""
        with Gradebook(self._db_url) as gradebook:
            gradebook.update_or_create_student(student)
            gradebook.update_or_create_submission(
                self._source.id, student, timestamp=handed_in(folder)
            )
        for step in (SaveJudgement(), AssignLatePenalties()):
            notebook, _ = step.preprocess(notebook, self._resources(student))
        target = self._path("autograded", student, ".ipynb")
        nbformat.write(notebook, target)
        for kind in ("autograded", "feedback"):
            keep_slips(folder, self._folder(kind, student))
        write_atomically(self._path("feedback", student, ".html"), self.page(student, notebook))

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

    @cached_property
    def _exporter(self) -> HTMLExporter:
        converter = GenerateFeedback(coursedir=CourseDirectory(root=str(self._out)))
        config = Config(converter.config)
        config.HTMLExporter.sanitize_html = True
        exporter = HTMLExporter(config=config)
        for step in (*converter.preprocessors, HarmlessComments):
            exporter.register_preprocessor(step, enabled=True)
        return exporter


def keep_slips(folder: Path, beside: Path) -> None:
    """Copy nbgrader's slips of a hand-in to where ``release_feedback`` looks for them."""
    for name in SLIPS:
        slip = folder / name
        if slip.is_file() and not slip.is_symlink() and slip.stat().st_size <= LONGEST_SLIP:
            shutil.copyfile(slip, beside / name)


@contextmanager
def alembic_on_path() -> Iterator[None]:
    """A fresh gradebook calls the program ``alembic``, which lies beside this Python."""
    before = os.environ.get("PATH", os.defpath)
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), before])
    try:
        yield
    finally:
        os.environ["PATH"] = before
