"""Run a notebook as its reader would, and look at what came out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

from nbclient import NotebookClient
from nbformat.notebooknode import NotebookNode

QUICK = os.environ.get("GLAUCAM_QUICK", "1")  # `make test-full` sets 0: notebooks at full size
# Tests run side by side: a kernel's threads that wait for a core are the slowest.
ENVIRONMENT = {"GLAUCAM_QUICK": QUICK, "OMP_NUM_THREADS": "1"}


def executed(notebook: NotebookNode, folder: Path, **options: Any) -> NotebookNode:
    """Run ``notebook`` in ``folder`` in a kernel of its own, by its quick switch unless told.

    Raises CellExecutionError where a cell does, but for ``allow_errors=True``.
    """
    resources = {"metadata": {"path": str(folder)}}
    with mock.patch.dict(os.environ, ENVIRONMENT):
        NotebookClient(notebook, timeout=1800, resources=resources, **options).execute()
    return notebook


def outputs(notebook: NotebookNode) -> Iterator[NotebookNode]:
    """All outputs of all code cells, in order."""
    for cell in notebook.cells:
        yield from cell.get("outputs", ())


def words(notebook: NotebookNode) -> str:
    """All markdown of a notebook."""
    return "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
