"""a3's contract, and its one line that changes the eyes; the rest is in test_notebooks."""

import os
from pathlib import Path

import pytest

from autograder.release import instructor_notebook
from autograder.source import read_source
from tests.notebooks import executed

CHECKS = {
    "target_layer.named": 2, "target_layer.unseen": 3,
    "gradcam.values": 5, "gradcam.size": 1, "gradcam.batch": 2, "gradcam.flat": 1,
    "gradcam.faint": 1, "gradcam.frozen": 1, "gradcam.inplace": 1, "gradcam.state": 2,
    "contrast.values": 3, "overlay.blend": 2, "overlay.layout": 1,
}  # fmt: skip


@pytest.fixture(scope="module")
def source():
    return read_source("a3_gradcam")


def said(notebook):
    """Check cell id → the text of its one result."""
    cells = [cell for cell in notebook.cells if cell.id.startswith("check-")]
    return {cell.id: "".join(o["data"]["text/plain"] for o in cell.outputs) for cell in cells}


def test_ids_and_points_are_the_contract(source):
    assert source.points == CHECKS
    assert list(source.solution_cells) == ["target_layer", "gradcam", "contrast", "overlay"]
    assert list(source.locked_cells) == ["setup"]


@pytest.mark.slow
@pytest.mark.realdata
def test_one_line_changes_the_eyes_to_real_photos(source, tmp_path):
    """A class folder in place of the phantoms; a folder without masks is no error."""
    root = os.environ.get("GLAUCAM_REAL_DATA")
    if not root:
        pytest.skip("GLAUCAM_REAL_DATA is not set")
    folder = Path(root) / "acrima"
    notebook = instructor_notebook(source)
    line = 'DATA = "phantom_disc"'
    (cell,) = [cell for cell in notebook.cells if line in cell.source]
    cell.source = cell.source.replace(line, f"DATA = {str(folder)!r}")
    outcomes = said(executed(notebook, tmp_path))
    assert all(" passed" in text for text in outcomes.values())
