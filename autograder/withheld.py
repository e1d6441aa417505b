"""Which cells ask for library parts that are absent when they are graded.

Practice checks need those parts themselves, so on the page they are there: a cell that leans on
them would pass in practice and fail when it counts. It is told so instead.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

import glaucam
from autograder.jail.kernel import CellError
from autograder.judge.assignment import Assignment
from autograder.judge.bench import Cell, Fault
from autograder.names import names_of, plain_python, tree_of


def leaning(cells: Sequence[Cell], assignment: Assignment) -> dict[str, Fault]:
    """Cell id → why it will fail when graded, for cells that lean on a withheld part.

    A cell leans on it too through another one, by a name that no sound cell defines.
    """
    faults = {cell.id: fault for cell in cells if (fault := fault_of(cell, assignment))}
    names = {cell.id: names_of(cell.source) for cell in cells}
    sound = set().union(*(n.defined for id, n in names.items() if id not in faults))
    for id, read in names.items():
        for other in list(faults):
            if (read.needed - sound) & names[other].defined:
                faults.setdefault(id, faults[other])
    return faults


def fault_of(cell: Cell, assignment: Assignment) -> Fault | None:
    for name in asked_for(cell.source):
        if any(name == w or name.startswith(f"{w}.") for w in assignment.withheld):
            return assignment.recognise(CellError("ModuleNotFoundError", f"No module {name}"))
    return None


def asked_for(source: str) -> Iterator[str]:
    """The dotted names that a cell imports, or reads from ``glaucam``, anywhere in its code."""
    try:
        tree = tree_of(plain_python(source))
    except (SyntaxError, ValueError, RuntimeError, MemoryError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (at_home(f"{node.module}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield at_home(f"{node.value.id}.{node.attr}")


def at_home(name: str) -> str:
    """The module a lazy name of the library comes from: glaucam.explain → glaucam.explanation."""
    package, _, lazy = name.partition(".")
    return glaucam._LAZY.get(lazy, name) if package == "glaucam" else name
