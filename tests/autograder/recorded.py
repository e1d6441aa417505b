"""Judgements put into a gradebook without anything having been run; for other processes too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from autograder.gradebook.preprocessors import graded_notebook
from autograder.gradebook.record import Recorder
from autograder.judge.check import passed
from autograder.pipeline import Judgement
from autograder.source import read_source

ID = "a3_gradcam"
POINTS = 25.0


def record_class(url: str, out: str, students: list[str], gate: Any) -> None:
    """Record full marks for ``students``; all graders open the gradebook when the gate opens."""
    source = read_source(ID)
    judgement = Judgement({id: passed("Right.") for id in source.points})
    recorder = Recorder(source, Path(out), url)
    gate.wait(120)
    recorder.register()
    for student in students:
        notebook = graded_notebook(source, None, judgement)
        recorder.record(student, notebook, Path(out) / "submitted" / student)
    recorder.close()
