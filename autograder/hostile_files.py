"""Hand-ins that attack as files: what the bank's cells cannot show. Each is planted and graded by
a test; ``python -m autograder attacks`` lists them with the bank's.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

NOTHING, EVERYTHING = "nothing", "everything"
Notebook = dict[str, Any]
SCRIPT = "<img src=x onerror=\"document.title='stolen'\"><script>document.title='stolen'</script>"
CODE = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}


class HostileFile:
    """One way to hand in: ``plant(path, notebook)`` puts a file where the notebook should be.

    ``worth``: what it must score, everything where a right solution is in it. ``harm``: where.
    """

    def __init__(self, plant: Callable[[Path, Notebook], None], worth: str, harm: str) -> None:
        self.plant, self.worth, self.harm = plant, worth, harm
        self.name, self.tries = plant.__name__, str(plant.__doc__).removesuffix(".")


HOSTILE_FILES: dict[str, HostileFile] = {}


def hostile(worth: str, harm: str) -> Callable[[Callable[[Path, Notebook], None]], None]:
    def file(plant: Callable[[Path, Notebook], None]) -> None:
        HOSTILE_FILES[plant.__name__] = HostileFile(plant, worth, harm)

    return file


def save(path: Path, notebook: Notebook) -> None:
    path.write_text(json.dumps(notebook), encoding="utf-8")


@hostile(NOTHING, "a reader that follows it shows any file of the grader's in feedback")
def link_to_a_secret(path: Path, notebook: Notebook) -> None:
    """A symbolic link to a file of the grader's."""
    path.symlink_to("/etc/passwd")


@hostile(NOTHING, "a reader that opens it waits for ever")
def pipe(path: Path, notebook: Notebook) -> None:
    """A named pipe that nobody writes into."""
    os.mkfifo(path)


@hostile(NOTHING, "reading it as JSON takes some gigabytes")
def two_hundred_megabytes(path: Path, notebook: Notebook) -> None:
    """A file of 200 MB."""
    path.touch()
    os.truncate(path, 200 << 20)


@hostile(NOTHING, "one unzipped by a helpful reader fills the disk")
def zip_in_zip(path: Path, notebook: Notebook) -> None:
    """A zip in a zip under the notebook's name."""
    import io
    import zipfile

    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("../../notebook.ipynb", json.dumps(notebook))
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a3.zip", inner.getvalue())


@hostile(NOTHING, "RecursionError ends a reader that expects ValueError")
def deep_nesting(path: Path, notebook: Notebook) -> None:
    """JSON nested a hundred thousand deep."""
    path.write_text('{"nbformat": 4, "cells": ' + "[" * 100_000)


@hostile(NOTHING, "nbformat copies each: minutes, and gigabytes")
def millions_of_cells(path: Path, notebook: Notebook) -> None:
    """Five million cells in 20 MB."""
    path.write_text('{"nbformat": 4, "cells": [' + ",".join(["{}"] * 5_000_000) + "]}")


@hostile(NOTHING, "UnicodeDecodeError ends the batch")
def not_utf_8(path: Path, notebook: Notebook) -> None:
    """Bytes that are no UTF-8."""
    path.write_bytes(json.dumps(notebook).encode("utf-16"))


@hostile(NOTHING, "IsADirectoryError ends the batch")
def folder_of_that_name(path: Path, notebook: Notebook) -> None:
    """A folder by the notebook's name."""
    path.mkdir()


@hostile(EVERYTHING, "plain nbgrader believes the points in the file where it must not")
def points_in_metadata(path: Path, notebook: Notebook) -> None:
    """198 points a cell, every check marked as done by hand, forged outputs."""
    for cell in notebook["cells"]:
        marks = cell["metadata"].setdefault("nbgrader", {})
        marks |= {"points": 198, "grade": True, "locked": False, "schema_version": 3}
        if cell["cell_type"] == "code":
            output = {"output_type": "stream", "name": "stdout", "text": "198"}
            cell |= {"outputs": [output], "execution_count": 1}
    save(path, notebook)


@hostile(EVERYTHING, "the check runs with what stands in it")
def own_check_cells(path: Path, notebook: Notebook) -> None:
    """Check cells rewritten so that they pass, and once more under the same id."""
    for cell in list(notebook["cells"]):
        if cell["metadata"].get("nbgrader", {}).get("grade"):
            cell["source"] = "5"
            notebook["cells"].append({**cell, "id": cell.get("id", "x") + "-again"})
    save(path, notebook)


@hostile(EVERYTHING, "IPython reads such a cell for seconds, then raises in whoever asked it")
def magics_without_end(path: Path, notebook: Notebook) -> None:
    """Cells of 600 shell commands each, which IPython's reader gives up on."""
    notebook["cells"] += [{**CODE, "id": f"m{i}", "source": "!true\n" * 600} for i in range(8)]
    save(path, notebook)


@hostile(EVERYTHING, "Python's own reader of code runs out of stack")
def code_nested_without_end(path: Path, notebook: Notebook) -> None:
    """Cells nested as deep as the parser goes, and deeper."""
    texts = ["lambda:" * n + "1" for n in (900, 1300, 14_000)]
    texts += ["if x: pass\n" + "elif x: pass\n" * 7000, "x" + ".a" * 45_000]
    cells = [{**CODE, "id": f"n{i}", "source": text} for i, text in enumerate(texts)]
    notebook["cells"] += cells
    save(path, notebook)


@hostile(EVERYTHING, "a page of that size takes minutes to colour, and stops the reader's browser")
def giant_cell(path: Path, notebook: Notebook) -> None:
    """A cell of eight million characters."""
    notebook["cells"].append({**CODE, "id": "giant", "source": "x = 1\n" * 1_300_000})
    save(path, notebook)


@hostile(EVERYTHING, "formgrader shows Markdown as it comes, to whoever is logged in as instructor")
def script_all_over(path: Path, notebook: Notebook) -> None:
    """Script in Markdown, in metadata, in the kernel's name, in outputs and attachments."""
    spec = {"name": SCRIPT, "display_name": SCRIPT, "language": "python"}
    notebook["metadata"] |= {"kernelspec": spec, "title": SCRIPT, "authors": [{"name": SCRIPT}]}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            cell |= {"source": SCRIPT, "attachments": {SCRIPT: {"text/html": SCRIPT}}}
        else:
            data = {"text/html": SCRIPT, "application/javascript": "document.title='stolen'"}
            cell["outputs"] = [{"output_type": "display_data", "data": data, "metadata": {}}]
    save(path, notebook)


@hostile(EVERYTHING, "the name lands in pages, tables and terminals")
def script_in_its_name(path: Path, notebook: Notebook) -> None:
    """Markup, a formula and terminal escapes as the file's name."""
    save(path.with_name("=1+1\x1b[2J<img src=x onerror=alert(1)>.ipynb"), notebook)


@hostile(EVERYTHING, "a copy of it hands any file of the grader's to the student")
def slips_that_point_elsewhere(path: Path, notebook: Notebook) -> None:
    """nbgrader's slips beside the notebook: one a link, one of a gigabyte."""
    save(path, notebook)
    path.with_name("submission_secret.txt").symlink_to("/etc/passwd")
    path.with_name("timestamp.txt").touch()
    os.truncate(path.with_name("timestamp.txt"), 1 << 30)
