"""Recording beside judging: a thread of its own, so that the gradebook costs the judge no time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path

from autograder.judge.assignment import load_assignment
from autograder.pipeline import Judgement
from autograder.source import AssignmentSource
from autograder.submission import Submission, find_answers


class Recording:
    """Enters judgements into the gradebook in the order they are added; used as a context.

    The gradebook is opened, and nbgrader imported, in the thread and with the first entry.
    """

    def __init__(self, source: AssignmentSource, out: Path, db_url: str | None) -> None:
        self._source, self._out, self._db_url = source, out, db_url
        self._thread = ThreadPoolExecutor(1, "gradebook")
        self._waiting: list[Future[None]] = []
        self._opened = False

    def open(self) -> None:
        """Make the gradebook ready."""
        if not self._opened:
            self._opened = True
            self._submit(self._register)

    def add(
        self, student: str, folder: Path, submission: Submission | None, judgement: Judgement
    ) -> None:
        """Record one student's judgement; an error of an earlier one is raised here."""
        self.open()
        self._submit(lambda: self._record(student, folder, submission, judgement))
        done = [future for future in self._waiting if future.done()]
        self._waiting = [future for future in self._waiting if not future.done()]
        for future in done:
            future.result()

    def finish(self, progress: Callable[[int], None] = lambda left: None) -> None:
        """Wait until all is recorded; raises what went wrong."""
        while self._waiting:
            done, left = wait(self._waiting, return_when=FIRST_COMPLETED)
            self._waiting = list(left)
            for future in done:
                future.result()
            progress(len(left))

    def __enter__(self) -> Recording:
        return self

    def __exit__(self, *_exception: object) -> None:
        for future in self._waiting:
            future.cancel()
        if self._opened:
            self._thread.submit(self._close).result()
        self._thread.shutdown()

    def _submit(self, work: Callable[[], None]) -> None:
        self._waiting.append(self._thread.submit(work))

    def _register(self) -> None:
        from autograder.gradebook.record import Recorder  # nbgrader: seconds, here in the thread

        self._recorder = Recorder(self._source, self._out, self._db_url)
        self._recorder.register()

    def _record(
        self, student: str, folder: Path, submission: Submission | None, judgement: Judgement
    ) -> None:
        from autograder.gradebook.preprocessors import graded_notebook

        names = load_assignment(self._source.id).names
        answers = find_answers(self._source, submission, names) if submission else None
        notebook = graded_notebook(self._source, answers, judgement)
        self._recorder.record(student, notebook, folder)

    def _close(self) -> None:
        if hasattr(self, "_recorder"):
            self._recorder.close()
