"""Run a notebook as its reader would, and look at what came out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nbclient import NotebookClient
from nbformat.notebooknode import NotebookNode

QUICK = os.environ.get("GLAUCAM_QUICK", "1")  # `make test-full` sets 0: notebooks at full size


def executed(notebook: NotebookNode, folder: Path, **options: Any) -> NotebookNode:
    """Run ``notebook`` in ``folder`` in a kernel of its own, by its quick switch unless told.

    Raises CellExecutionError where a cell does, but for ``allow_errors=True``.
    """
    before = os.environ.get("GLAUCAM_QUICK")
    os.environ["GLAUCAM_QUICK"] = QUICK
    resources = {"metadata": {"path": str(folder)}}
    try:
        NotebookClient(notebook, timeout=600, resources=resources, **options).execute()
    finally:
        if before is None:
            del os.environ["GLAUCAM_QUICK"]
        else:
            os.environ["GLAUCAM_QUICK"] = before
    return notebook


def outputs(notebook: NotebookNode) -> Iterator[NotebookNode]:
    """All outputs of all code cells, in order."""
    for cell in notebook.cells:
        yield from cell.get("outputs", ())


def words(notebook: NotebookNode) -> str:
    """All markdown of a notebook."""
    return "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
