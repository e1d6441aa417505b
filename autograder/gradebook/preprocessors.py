"""Our pipeline as nbgrader preprocessors, used by ``grade`` and by ``nbgrader autograde`` alike."""

from __future__ import annotations

import base64
import html
import re
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor, SaveAutoGrades
from traitlets import Bool, Unicode

from autograder.judge.assignment import load_assignment
from autograder.judge.check import NOT_CHECKABLE, Verdict
from autograder.markup import harmless
from autograder.pipeline import Judgement, judge, open_jails
from autograder.run import open_run
from autograder.source import AssignmentSource, check_id, grade_id, read_source
from autograder.submission import Answers, Submission, compose, notebook_cells
from autograder.trust import require_walls

KEY = "glaucam"  # our metadata on a graded check cell
NAME = re.compile(r"`([^`\n]{1,80})`")


def graded_notebook(
    source: AssignmentSource, answers: Answers | None, judgement: Judgement
) -> NotebookNode:
    """The clean notebook with the student's answers, and the judge's words under every check."""
    notebook = compose(source, answers)
    checks = load_assignment(source.id).checks
    notebook.cells.insert(0, summary(source, judgement))
    for cell in notebook.cells:
        id = check_id(cell.metadata.get("nbgrader", {}).get("grade_id", ""))
        if id in judgement.verdicts:
            verdict = judgement.verdicts[id]
            points = judgement.points(id, source.points)
            unknown = verdict.outcome == NOT_CHECKABLE
            cell.metadata[KEY] = {"points": None if unknown else points}
            cell.outputs = outputs(verdict, checks[id].reads, points, source.points[id])
    return notebook


def summary(source: AssignmentSource, judgement: Judgement) -> NotebookNode:
    """The first thing a student reads: a row per check, and what went wrong, in one table."""
    points = source.points
    most = sum(points[id] for id in judgement.verdicts)
    rows = [
        row(id, v, judgement.points(id, points), points[id]) for id, v in judgement.verdicts.items()
    ]
    head = "<tr><th>check</th><th>outcome</th><th>points</th><th>what the judge found</th></tr>"
    text = f"## Your result: {judgement.total(points):g} of {most:g} points\n\n"
    undecided = [points[id] for id, v in judgement.verdicts.items() if v.outcome == NOT_CHECKABLE]
    if undecided:
        text += f"**{sum(undecided):g} points are still open**: they could not be checked.\n\n"
    written = sum(cell.points for cell in source.cells if cell.kind == "answer")
    if written:
        text += f"A person reads your written answers, for up to {written:g} points more; until "
        text += "then they stand above as 0.\n\n"
    text += f"<table>{head}{''.join(rows)}</table>"
    cell = nbformat.v4.new_markdown_cell(text)
    cell["id"] = "summary"
    return cell


def row(id: str, verdict: Verdict, points: float, most: float) -> str:
    """One line of the summary; a check that went wrong links to its place below."""
    link = f'<a href="#{grade_id(id)}">{html.escape(id)}</a>'
    cells = (link, verdict.outcome, f"{points:g} of {most:g}", one_line(verdict.message))
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def one_line(message: str) -> str:
    """Text for a table inside Markdown: no line break, nothing that HTML or Markdown would read,
    `names` in backticks as code.
    """
    special = "&<>\"'*_$[]|\\~#"
    text = " ".join(message.split())
    text = "".join(f"&#{ord(c)};" if c in special else c for c in text)
    return NAME.sub(r"<code>\1</code>", text).replace("`", "&#96;")


def outputs(verdict: Verdict, reads: str, points: float, most: float) -> list[NotebookNode]:
    """What a student reads under a check: what was asked, the outcome, why, and a picture."""
    head = f"{verdict.outcome.capitalize()}: {points:g} of {most:g} points."
    name = f" ({verdict.misconception})" if verdict.misconception else ""
    text = f"{reads}\n{head} {verdict.message}{name}"
    page = (  # of the tags that nbgrader's feedback lets through, which has no <p>
        f"<em>{coded(reads)}</em><blockquote><strong>{html.escape(head)}</strong> "
        f"{coded(verdict.message)}"
        + (f" <code>{html.escape(verdict.misconception)}</code>" if name else "")
        + "</blockquote>"
    )
    shown = [nbformat.v4.new_output("display_data", {"text/html": page, "text/plain": text})]
    if verdict.picture is not None:
        data = {"image/png": base64.b64encode(verdict.picture).decode(), "text/plain": "picture"}
        shown.append(nbformat.v4.new_output("display_data", data))
    return shown


def coded(message: str) -> str:
    """Text as HTML, with `names` in backticks as code."""
    return NAME.sub(r"<code>\1</code>", html.escape(message))


class SaveJudgement(SaveAutoGrades):
    """Write the judge's points into the gradebook; what could not be checked waits for a person."""

    def _add_score(self, cell: NotebookNode, resources: Any) -> None:
        if KEY not in cell.metadata:
            super()._add_score(cell, resources)
            return
        grade = self.gradebook.find_grade(
            cell.metadata["nbgrader"]["grade_id"],
            self.notebook_id,
            self.assignment_id,
            self.student_id,
        )
        grade.auto_score = cell.metadata[KEY]["points"]
        grade.needs_manual_grade = grade.auto_score is None or grade.manual_score is not None
        self.gradebook.db.commit()


class HarmlessComments(Preprocessor):
    """After ``GetGrades``: a person's comment may quote a student's HTML, which must not act."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: Any, cell_index: int
    ) -> tuple[NotebookNode, Any]:
        marks = cell.metadata.get("nbgrader", {})
        if marks.get("comment"):
            marks["comment"] = harmless(marks["comment"])
        return cell, resources


class JudgeNotebook(NbGraderPreprocessor):
    """In place of executing: judge the submitted notebook in a jail and return the graded one."""

    trust = Bool(False, help="run student code without a jail, as you").tag(config=True)
    run_file = Unicode(
        "run-{assignment}.json", help="where the seed is kept, in the course folder"
    ).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        require_walls(self.trust)
        id = resources["nbgrader"]["assignment"]
        source, assignment = read_source(id), load_assignment(id)
        run = open_run(Path(self.run_file.format(assignment=id)).resolve(), id)
        with open_jails(assignment, self.trust, run.seed, ahead=False) as jails:
            submission = Submission(tuple(notebook_cells(nb)))
            judgement, answers = judge(source, assignment, submission, run.seed, jails)
        return graded_notebook(source, answers, judgement), resources
