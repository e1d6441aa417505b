"""From a source to the notebook a student opens: small steps, notebook in, notebook out."""

from __future__ import annotations

from collections.abc import Callable

import nbformat
from nbformat.notebooknode import NotebookNode
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearHiddenTests,
    ClearSolutions,
    ComputeChecksums,
    LockCells,
)

from autograder.source import AssignmentSource, SourceCell, grade_id

CODE_STUB = '# YOUR CODE HERE\nraise NotImplementedError("this part is yours to write")'
ANSWER_STUB = "YOUR ANSWER HERE"

# nbgrader's words for our kinds; what is not listed carries no nbgrader metadata.
FLAGS = {
    "solution": {"grade": False, "solution": True, "locked": False},
    "check": {"grade": True, "solution": False, "locked": True},
    "answer": {"grade": True, "solution": True, "locked": False},
    "locked": {"grade": False, "solution": False, "locked": True},
}


def instructor_notebook(source: AssignmentSource) -> NotebookNode:
    """The notebook with its solutions, in the form nbgrader keeps under ``source/``."""
    return checked(bare_notebook(source, f"solutions/{source.id}.py"))


def bare_notebook(source: AssignmentSource, origin: str) -> NotebookNode:
    """All cells of a source that lies at ``origin`` in the project, as they stand there."""
    notebook = nbformat.v4.new_notebook(
        cells=[notebook_cell(cell, position) for position, cell in enumerate(source.cells)],
        metadata=notebook_metadata(source.id, origin),
    )
    notebook.nbformat_minor = 5
    return notebook


def student_notebook(source: AssignmentSource) -> NotebookNode:
    """The notebook without its solutions, locked and checksummed as nbgrader releases it."""
    notebook = instructor_notebook(source)
    for step in STEPS:
        notebook = step(notebook)
    return notebook


def notebook_metadata(name: str, origin: str) -> NotebookNode:
    """Nothing here may depend on the machine or the day."""
    return nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
            "generated": {
                "from": origin,
                "by": f"python -m autograder build {name}",
                "note": "Built file: edits here are lost at the next build.",
            },
        }
    )


def notebook_cell(cell: SourceCell, position: int) -> NotebookNode:
    """One cell; its id comes from the marker, else from its place in the notebook."""
    metadata: dict[str, object] = {}
    if cell.kind in FLAGS:
        metadata["nbgrader"] = {
            "schema_version": 3,
            "grade_id": grade_id(str(cell.id)),
            "task": False,
            **FLAGS[cell.kind],
            **({"points": tidy(cell.points)} if FLAGS[cell.kind]["grade"] else {}),
        }
    new = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell}
    make = new.get(cell.cell_type, nbformat.v4.new_raw_cell)
    return make(cell.source, id=cell_id(cell, position), metadata=metadata)


def cell_id(cell: SourceCell, position: int) -> str:
    """A cell id in nbformat's alphabet, which has no dot."""
    if cell.id is None:
        return f"cell-{position:03d}"
    return f"{cell.kind}-{grade_id(cell.id)}"


def tidy(points: float) -> int | float:
    return int(points) if points == int(points) else points


def locked(notebook: NotebookNode) -> NotebookNode:
    """Cells that carry grading metadata can no longer be deleted; check cells not edited."""
    return LockCells().preprocess(notebook, {})[0]


def without_solutions(notebook: NotebookNode) -> NotebookNode:
    """Each solution region becomes a stub that says whose turn it is."""
    step = ClearSolutions(code_stub={"python": CODE_STUB}, text_stub=ANSWER_STUB)
    return step.preprocess(notebook, {})[0]


def without_hidden_tests(notebook: NotebookNode) -> NotebookNode:
    """Regions between BEGIN HIDDEN TESTS and END HIDDEN TESTS go."""
    return ClearHiddenTests().preprocess(notebook, {})[0]


def checksummed(notebook: NotebookNode) -> NotebookNode:
    """nbgrader's checksum of each graded, solution and locked cell: a change becomes visible."""
    return ComputeChecksums().preprocess(notebook, {})[0]


def checked(notebook: NotebookNode) -> NotebookNode:
    """The notebook itself, once nbformat and nbgrader both find it valid."""
    nbformat.validate(notebook)
    return CheckCellMetadata().preprocess(notebook, {})[0]


STEPS: tuple[Callable[[NotebookNode], NotebookNode], ...] = (
    locked,
    without_solutions,
    without_hidden_tests,
    checksummed,
    checked,
)
