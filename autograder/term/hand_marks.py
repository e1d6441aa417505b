"""What people decided by hand stays decided when the judge's part is entered again.

nbgrader keeps a person's points through another autograding, but marks every such cell as waiting
again. Here it waits again only where what the person looked at has changed: the judge's points of
a check, or the text of an essay.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
from nbgrader.api import Grade, Gradebook

from autograder.run import write_atomically

Seen = dict[str, str]  # "<student>/<cell>" → what the person who decided had before them


@contextmanager
def keep_hand_marks(db_url: str, assignment: str, kept: Path, out: Path) -> Iterator[None]:
    """Around a recording: cells that a person had settled, and that are as they were, stay settled.

    ``kept``: a file that holds what was settled, should this be killed and begun again.
    """
    if not kept.exists():
        write_atomically(kept, json.dumps(settled(db_url, assignment, out), indent=1))
    before: Seen = json.loads(kept.read_text(encoding="utf-8"))
    yield
    with Gradebook(db_url) as gradebook:
        for key, grade in _decided(gradebook, assignment):
            if before.get(key) == _seen(grade, assignment, out):
                grade.needs_manual_grade = False
        gradebook.db.commit()


def settled(db_url: str, assignment: str, out: Path) -> Seen:
    """Every cell that a person gave points to and that waits no longer."""
    with Gradebook(db_url) as gradebook:
        return {
            key: _seen(grade, assignment, out)
            for key, grade in _decided(gradebook, assignment)
            if not grade.needs_manual_grade
        }


def _decided(gradebook: Gradebook, assignment: str) -> Iterator[tuple[str, Grade]]:
    for submission in gradebook.find_assignment(assignment).submissions:
        for notebook in submission.notebooks:
            for grade in notebook.grades:
                if grade.manual_score is not None:
                    yield f"{submission.student.id}/{grade.name}", grade


def _seen(grade: Grade, assignment: str, out: Path) -> str:
    """The judge's points of a check; an essay's text, as it lies in the graded notebook."""
    if grade.auto_score is not None:
        return f"{grade.auto_score:.2f} points"
    path = out / "autograded" / grade.student.id / assignment / f"{assignment}.ipynb"
    for cell in nbformat.read(path, 4).cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == grade.name:
            return cell.source
    return ""
