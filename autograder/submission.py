"""Read what a student handed in, find the answers in it, and set them into a clean notebook.

Nothing is taken from the submission but the text of cells: no metadata, no outputs, no checks.
"""

from __future__ import annotations

import ast
import copy
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.judge.bench import Cell
from autograder.markup import harmless
from autograder.names import Names, names_of, plain_python, tree_of
from autograder.release import student_notebook
from autograder.source import AssignmentSource, SourceCell, check_id
from glaucam.errors import InputError

MAX_BYTES = 20 << 20
MAX_CELLS = 2000
LONGEST_SHOWN = {"code": 20_000, "markdown": 100_000}  # characters of a cell on a feedback page
MOST_SHOWN = 200  # cells that a student added
MALFORMED = (ValueError, KeyError, TypeError, AttributeError, RecursionError)


class Unreadable(InputError):
    """The file is no notebook; the message is for the student."""


@dataclass(frozen=True)
class SubmittedCell:
    """A cell as it came: its type, its text, and the id its metadata claims, if any."""

    cell_type: str
    source: str
    claims: str | None


@dataclass(frozen=True)
class Submission:
    """The cells of one notebook, in order. ``digest``: SHA-256 of the file."""

    cells: tuple[SubmittedCell, ...]
    digest: str = ""


def find_notebook(folder: Path, assignment: str) -> Path:
    """The notebook of a submission: by name, else the only one; Unreadable if there is none."""
    named = folder / f"{assignment}.ipynb"
    if named.is_file():
        return named
    found = sorted(path for path in folder.glob("*.ipynb") if path.is_file())
    if len(found) == 1:
        return found[0]
    if not found:
        raise Unreadable(f"no notebook was handed in; expected {assignment}.ipynb")
    raise Unreadable(f"{len(found)} notebooks were handed in; expected one, {assignment}.ipynb")


def read_submission(path: Path) -> Submission:
    """Read a notebook file of any nbformat; Unreadable, with the reason, where it is none."""
    data = plain_bytes(path)
    try:
        notebook = nbformat.from_dict(bare(json.loads(data.decode("utf-8-sig"))))
        notebook = nbformat.convert(notebook, 4)
        cells = tuple(notebook_cells(notebook))
    except (*MALFORMED, nbformat.ValidationError) as error:
        raise Unreadable(
            f"{path.name} is not a notebook ({type(error).__name__}); save it again in Jupyter and "
            "hand in the .ipynb file"
        ) from error
    return Submission(cells, hashlib.sha256(data).hexdigest())


def bare(notebook: Any) -> dict[str, Any]:
    """The same notebook without outputs and foreign metadata, its first cells only.

    A file of 20 MB holds millions of cells or of nested values, each of which nbformat would copy.
    """
    if notebook["nbformat"] >= 4:
        return {
            **versions(notebook),
            "cells": [bare_cell(c) for c in notebook["cells"][:MAX_CELLS]],
        }
    sheets = [[bare_cell(c) for c in s["cells"][:MAX_CELLS]] for s in notebook["worksheets"][:1]]
    return {**versions(notebook), "worksheets": [{"cells": cells} for cells in sheets]}


def versions(notebook: Mapping[str, Any]) -> dict[str, Any]:
    minor = notebook.get("nbformat_minor", 0)
    return {"nbformat": notebook["nbformat"], "nbformat_minor": minor, "metadata": {}}


def bare_cell(cell: Mapping[str, Any]) -> dict[str, Any]:
    """Its type, its text (``input`` and ``level`` in format 3), and nbgrader's marks."""
    marks = cell.get("metadata")
    marks = marks.get("nbgrader") if isinstance(marks, Mapping) else None
    claims = marks.get("grade_id") if isinstance(marks, Mapping) else None
    kept = {name: cell[name] for name in ("cell_type", "source", "input", "level") if name in cell}
    if "input" in kept:
        kept |= {"outputs": [], "language": "python"}
    return {**kept, "metadata": {"nbgrader": {"grade_id": str(claims)[:200]}} if claims else {}}


def plain_bytes(path: Path) -> bytes:
    """The bytes of a plain file of bearable size: no link, which could point at anybody's file."""
    if path.is_symlink() or not path.is_file():
        raise Unreadable(f"{path.name} is not a plain file")
    try:
        if path.stat().st_size > MAX_BYTES:
            raise Unreadable(f"{path.name} is larger than {MAX_BYTES >> 20} MB; clear its outputs")
        return path.read_bytes()
    except OSError as error:
        raise Unreadable(f"{path.name} cannot be read ({error.strerror})") from error


def notebook_cells(notebook: NotebookNode) -> Iterator[SubmittedCell]:
    """The cells of a notebook (nbformat 4), their metadata believed in nothing but a claimed id."""
    for cell in notebook["cells"][:MAX_CELLS]:
        source = cell.get("source", "")
        source = "".join(source) if isinstance(source, list) else str(source)
        source = source.encode("utf-8", "replace").decode()  # half a surrogate pair fits no file
        yield SubmittedCell(str(cell["cell_type"]), source, _claimed(cell.get("metadata")))


def _claimed(metadata: object) -> str | None:
    """The id that nbgrader's metadata gives a cell, where there is such metadata."""
    marks = metadata.get("nbgrader") if isinstance(metadata, Mapping) else None
    claims = marks.get("grade_id") if isinstance(marks, Mapping) else None
    return str(claims) if claims else None


@dataclass(frozen=True)
class Answers:
    """What was found: for each place of the release its text, and the cells added between.

    ``texts``: release cell id → the student's text. ``added``: (id of the release cell they follow,
    text) of code cells that are not of the release. ``to_run``: what grading runs, in order.
    """

    texts: dict[str, str]
    added: tuple[tuple[str, str], ...]
    to_run: tuple[Cell, ...]


def find_answers(
    source: AssignmentSource, submission: Submission, names: Mapping[str, str]
) -> Answers:
    """Match the submission's cells with the release's, and choose what grading runs.

    A copy of the released, empty cell never stands in the way of an answer to it; imports that were
    added to a locked cell are kept, the rest of it is restored.
    """
    places = {cell.id: cell for cell in source.cells if cell.id}
    essays = essay_openings(source)
    ours = {_squeezed(cell.source) for cell in source.cells if cell.kind in ("plain", "local")}
    texts: dict[str, list[str]] = {}
    added: list[tuple[str, str]] = []
    sequence: list[Cell] = []
    last = ""
    for cell in without_spare_stubs(source, submission.cells, names):
        place = _place(cell, places) or _essay(cell, essays)
        if place is not None:
            last = place.id
            if place.kind in ("solution", "answer"):
                texts.setdefault(place.id, []).append(cell.source)
            if place.kind == "solution" and cell.cell_type == "code":
                sequence.append(Cell(place.id, cell.source))
            if place.kind == "locked" and (imports := added_imports(cell.source, place.source)):
                sequence.append(Cell(f"imports beside {place.id}", imports))
        elif cell.cell_type == "code" and _squeezed(cell.source) not in ours:
            added.append((last, cell.source))
            sequence.append(Cell(f"added cell {len(added)}", cell.source))
        elif cell.cell_type == "code" and not _is_local(cell, source):
            sequence.append(Cell("plain", cell.source))
    ran = tuple(choose(source, sequence, names))
    added = settled(texts, added, names)
    joined = {id: "\n\n".join(parts) for id, parts in texts.items()}
    return Answers(joined, tuple(added), ran)


def settled(
    texts: dict[str, list[str]], added: list[tuple[str, str]], names: Mapping[str, str]
) -> list[tuple[str, str]]:
    """Put cells that lost their metadata into the places whose names they define, as far as those
    stand empty, so that an answer is read where it was asked for. Returns the other added cells.
    """
    empty = {name: id for name, id in names.items() if id not in texts}
    if not empty:
        return added
    left = []
    for after, text in added:
        places = sorted({empty[name] for name in names_of(text).defined & set(empty)})
        for id in places:
            texts.setdefault(id, []).append(text)
        if not places:
            left.append((after, text))
    return left


def _place(cell: SubmittedCell, places: Mapping[str, SourceCell]) -> SourceCell | None:
    return places.get(check_id(cell.claims)) if cell.claims else None


def _essay(cell: SubmittedCell, essays: Mapping[str, SourceCell]) -> SourceCell | None:
    """The essay a Markdown cell answers, by its first line, where no metadata says so."""
    if cell.cell_type != "markdown" or cell.claims:
        return None
    first = _squeezed(cell.source.strip().partition("\n")[0])
    return essays.get(first)


@lru_cache(maxsize=8)
def essay_openings(source: AssignmentSource) -> dict[str, SourceCell]:
    """The first line of each essay's cell, squeezed → the cell."""
    essays = [cell for cell in source.cells if cell.kind == "answer"]
    return {_squeezed(cell.source.strip().partition("\n")[0]): cell for cell in essays}


@lru_cache(maxsize=8)
def stubs(source: AssignmentSource) -> dict[str, str]:
    """The released, empty solution cells, squeezed → their ids."""
    released = [(c.source, _claimed(c.metadata)) for c in student_notebook(source).cells]
    ids = source.solution_cells
    return {_squeezed(text): check_id(id) for text, id in released if id and check_id(id) in ids}


def without_spare_stubs(
    source: AssignmentSource, cells: Sequence[SubmittedCell], names: Mapping[str, str]
) -> list[SubmittedCell]:
    """The cells without those released empty ones whose names another cell defines."""
    empty = [stubs(source).get(_squeezed(c.source)) if is_code(c) else None for c in cells]
    if not any(empty):
        return list(cells)
    others = [c.source for c, id in zip(cells, empty, strict=True) if id is None and is_code(c)]
    defined = frozenset().union(*(names_of(text).defined for text in others))
    answered = {id for name, id in names.items() if name in defined}
    return [c for c, id in zip(cells, empty, strict=True) if id not in answered]


def is_code(cell: SubmittedCell) -> bool:
    return cell.cell_type == "code"


def added_imports(text: str, released: str) -> str:
    """The import statements of a locked cell that its release has not."""
    try:
        ours = {ast.dump(node) for node in tree_of(released).body}
        tree = tree_of(plain_python(text))
    except MALFORMED:
        return ""
    kinds = (ast.Import, ast.ImportFrom)
    new = [n for n in tree.body if isinstance(n, kinds) and ast.dump(n) not in ours]
    return "\n".join(ast.unparse(node) for node in new)


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _is_local(cell: SubmittedCell, source: AssignmentSource) -> bool:
    text = _squeezed(cell.source)
    return any(c.kind == "local" and _squeezed(c.source) == text for c in source.cells)


def choose(
    source: AssignmentSource, sequence: list[Cell], names: Mapping[str, str]
) -> Iterator[Cell]:
    """Locked cells as released, solution cells, and others only if they define what is needed."""
    solution_ids = set(source.solution_cells)
    read = [names_of(cell.source) for cell in sequence]
    chosen = {i for i, cell in enumerate(sequence) if cell.id in solution_ids}
    needed = set(names).union(*(read[i].needed for i in chosen))
    while more := {i for i, n in enumerate(read) if i not in chosen and n.defined & needed}:
        chosen |= more
        needed = needed.union(*(read[i].needed for i in more))
    for id, text in source.locked_cells.items():
        yield Cell(id, text)
    for i in sorted(chosen):
        yield sequence[i]


def compose(source: AssignmentSource, answers: Answers | None) -> NotebookNode:
    """The released notebook with the student's answers in place, and nothing else of theirs."""
    notebook = copy.deepcopy(student_notebook(source))
    if answers is None:
        return notebook
    cells: list[NotebookNode] = []
    extra: dict[str, list[str]] = {}
    for after, text in answers.added[:MOST_SHOWN]:
        extra.setdefault(after, []).append(text)
    cells += [_added(text, n) for n, text in enumerate(extra.pop("", []))]
    for cell in notebook.cells:
        id = check_id(cell.metadata.get("nbgrader", {}).get("grade_id", ""))
        if id in answers.texts:
            text = shortened(answers.texts[id], cell.cell_type)
            cell.source = text if cell.cell_type == "code" else harmless(text)
        cells.append(cell)
        cells += [
            _added(text, f"{id}-{n}") for n, text in enumerate(extra.pop(id, []) if id else [])
        ]
    notebook.cells = cells
    return notebook


def shortened(text: str, cell_type: str = "code") -> str:
    """What a page shows of a cell, since colouring code takes long; the rest is counted."""
    most = LONGEST_SHOWN[cell_type]
    return text if len(text) <= most else f"{text[:most]}\n… and {len(text) - most} more characters"


def _added(text: str, mark: object) -> NotebookNode:
    cell = nbformat.v4.new_code_cell(shortened(text))
    cell["id"] = "added-" + str(mark).replace(".", "-")[:40]
    return cell


__all__ = [
    "Answers",
    "Names",
    "Submission",
    "Unreadable",
    "compose",
    "find_answers",
    "read_submission",
]
