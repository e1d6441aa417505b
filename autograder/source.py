"""The source of an assignment: ``solutions/<id>.py``, percent format, read into frozen cells.

Cell markers: ``# %% solution="<cell>"``, ``check="<check>" points=N``, ``[markdown] answer="<cell>"
points=N``, ``locked="<cell>"``, ``local="<cell>"``; a cell without a marker is plain.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jupytext

from glaucam.errors import InputError, UnknownName
from glaucam.registry import unknown

ROOT = Path(__file__).resolve().parent.parent
SOLUTIONS = ROOT / "solutions"

KINDS = ("solution", "check", "answer", "locked", "local")
GRADED = ("check", "answer")
JUPYTEXT_OWN = ("lines_to_next_cell", "lines_to_end_of_cell_marker", "cell_marker")
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"

_MARKER = re.compile(r"^# %%", re.MULTILINE)
_CELL_ID = re.compile(r"[a-z][a-z0-9_]*")
_CHECK_ID = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class SourceCell:
    """One cell: its kind, the id its marker gives (None for plain), its points and its text."""

    kind: str
    id: str | None
    points: float
    cell_type: str
    source: str
    line: int  # of its marker, from 1


@dataclass(frozen=True)
class AssignmentSource:
    """An assignment, or a bank entry that replaces some of its cells.

    ``header``: the comment lines before the first cell, without their ``#``.
    """

    id: str
    cells: tuple[SourceCell, ...]
    header: tuple[str, ...] = ()

    @property
    def points(self) -> dict[str, float]:
        """Check or answer id → points, in the order of the notebook."""
        return {cell.id: cell.points for cell in self.cells if cell.id and cell.kind in GRADED}

    @property
    def solution_cells(self) -> dict[str, str]:
        """Solution cell id → its text, the solution included."""
        return self._texts("solution")

    @property
    def locked_cells(self) -> dict[str, str]:
        """Locked cell id → its text."""
        return self._texts("locked")

    def _texts(self, kind: str) -> dict[str, str]:
        return {cell.id: cell.source for cell in self.cells if cell.id and cell.kind == kind}


def grade_id(check_id: str) -> str:
    """An id as nbgrader can hold it, which is without a dot: gradcam.values → gradcam-values."""
    return check_id.replace(".", "-")


def check_id(grade_id: str) -> str:
    """The inverse of ``grade_id``: our ids hold no hyphen."""
    return grade_id.replace("-", ".")


def assignment_ids() -> list[str]:
    """The ids of all assignments that have a source."""
    return sorted(path.stem for path in SOLUTIONS.glob("*.py"))


def read_source(path_or_id: str | Path) -> AssignmentSource:
    """Read an assignment by id (``a3_gradcam``) or by the path of its source.

    Raises UnknownName for an id without a source, InputError for a malformed one.
    """
    path = Path(path_or_id)
    if path.suffix != ".py":
        path = SOLUTIONS / f"{path_or_id}.py"
        if not path.is_file():
            raise UnknownName(unknown("assignment", str(path_or_id), assignment_ids()))
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read as UTF-8 text ({error})") from error
    return parse(text, id=path.stem, where=path.name)


def parse(text: str, id: str = "", where: str = "source", regions: bool = True) -> AssignmentSource:
    """Percent text → assignment. ``where`` names it in errors.

    ``regions=False`` accepts solution cells without BEGIN/END marks, as a bank entry has them.
    Raises InputError with the line number of the marker at fault.
    """
    first = _MARKER.search(text)
    if first is None:
        raise InputError(f"{where}: line 1: no cell; start each with a line '# %%'")
    header = _header(text[: first.start()], where)
    lines = [text.count("\n", 0, mark.start()) + 1 for mark in _MARKER.finditer(text)]
    raw = jupytext.reads(text[first.start() :], fmt="py:percent").cells
    if len(raw) != len(lines):
        raise InputError(f"{where}: line {lines[0]}: '# %%' may only stand where a cell begins")
    cells = tuple(_cell(cell, line, where, regions) for cell, line in zip(raw, lines, strict=True))
    _reject_duplicates(cells, where)
    return AssignmentSource(id, cells, header)


def _header(text: str, where: str) -> tuple[str, ...]:
    """The comment lines before the first cell; code there would belong to no cell."""
    lines = text.splitlines()
    for number, line in enumerate(lines, start=1):
        if line.strip() and not line.startswith("#"):
            raise InputError(
                f"{where}: line {number}: code before the first '# %%' belongs to no cell"
            )
    return tuple(line[1:].strip() for line in lines if line.strip())


def _cell(raw: Any, line: int, where: str, regions: bool) -> SourceCell:
    marks = {k: v for k, v in raw.metadata.items() if k not in ("points", *JUPYTEXT_OWN)}
    at = f"{where}: line {line}"
    if len(marks) > 1 or not set(marks) <= set(KINDS):
        raise InputError(f"{at}: marker {' '.join(marks)!r}; expected one of {', '.join(KINDS)}")
    kind, cell_id = next(iter(marks.items()), ("plain", None))
    cell = SourceCell(
        kind=kind,
        id=cell_id,
        points=_points(kind, raw.metadata.get("points"), at),
        cell_type=raw.cell_type,
        source=raw.source,
        line=line,
    )
    for complaint in _complaints(cell, regions):
        raise InputError(f"{at}: {complaint}")
    return cell


def _points(kind: str, points: Any, at: str) -> float:
    graded = kind in GRADED
    if graded and (isinstance(points, bool) or not isinstance(points, (int, float)) or points <= 0):
        raise InputError(f"{at}: {kind} with points {points!r}; write points=N with N above 0")
    if not graded and points is not None:
        raise InputError(f"{at}: points on a {kind} cell; only checks and answers have points")
    return float(points) if graded else 0.0


def _complaints(cell: SourceCell, regions: bool) -> Iterator[str]:
    """What is wrong with one cell, worst first."""
    pattern, form = (_CHECK_ID, "<cell>.<what>") if cell.kind == "check" else (_CELL_ID, "<cell>")
    if cell.kind != "plain" and not pattern.fullmatch(str(cell.id)):
        yield f"{cell.kind} id {cell.id!r}; expected {form} in lower case, digits and underscores"
    wanted = "markdown" if cell.kind == "answer" else "code"
    if cell.kind != "plain" and cell.cell_type != wanted:
        yield f"{cell.kind} {cell.id!r} is a {cell.cell_type} cell; expected {wanted}"
    marks = re.findall(r"(BEGIN|END) SOLUTION", cell.source)
    if marks and cell.kind not in ("solution", "answer"):
        yield f'a solution region in a {cell.kind} cell; mark the cell solution="…"'
    if marks != ["BEGIN", "END"] * (len(marks) // 2):
        yield f"{BEGIN} and {END} do not alternate in {cell.id!r}"
    if cell.kind == "solution" and regions and not marks:
        yield f"solution {cell.id!r} has no {BEGIN} … {END}: students would see all of it"


def _reject_duplicates(cells: tuple[SourceCell, ...], where: str) -> None:
    seen: dict[str, int] = {}
    for cell in cells:
        if cell.id in seen:
            raise InputError(
                f"{where}: line {cell.line}: id {cell.id!r} is already that of line {seen[cell.id]}"
            )
        if cell.id is not None:
            seen[cell.id] = cell.line
