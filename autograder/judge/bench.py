"""The bench a submission is examined on: its kernel, what its cells defined, what was learned."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.jail.kernel import (
    CallResult,
    CellError,
    Jail,
    JailBroken,
    KernelGone,
    KernelLost,
)

REVIVALS = 6  # how often a kernel that died or stalled is replaced


@dataclass(frozen=True)
class Cell:
    """A cell to run when grading: which solution or locked cell it is, and its text."""

    id: str
    source: str


class Fault(Exception):
    """The student's code did something wrong; ``message`` is for the student."""

    def __init__(self, message: str, misconception: str = "") -> None:
        super().__init__(message)
        self.message, self.misconception = message, misconception


class Bench:
    """Runs a submission's cells once, then calls probes on what they defined.

    ``take``: gives a started kernel. ``recognise``: names the known mistake behind an error.
    A kernel lost in a call is replaced for the next one, with the same cells run again.
    """

    def __init__(
        self,
        take: Callable[[], Jail],
        cells: Sequence[Cell],
        names: Mapping[str, str],
        probes: str,
        recognise: Callable[[CellError], Fault],
    ) -> None:
        self._take, self._cells, self._probes = take, list(cells), probes
        self._recognise = recognise
        self.names = dict(names)  # name → id of the cell that should define it
        self.errors: dict[str, Fault] = {}
        self.memory: dict[str, Any] = {}  # what one check learned that a later one builds on
        self._jail: Jail | None = None
        self._revivals = -1
        self._died: list[Cell] = []  # cells in which a kernel died once
        self._defined: set[str] | None = None

    def __enter__(self) -> Bench:
        return self

    def __exit__(self, *_exception: object) -> None:
        if self._jail is not None:
            self._jail.stop()

    def missing(self, name: str) -> Fault | None:
        """Why ``name`` is not there to be checked, or None when it is."""
        if self._defined is None:
            names = {"names": list(self.names)}
            result = self._twice(lambda: self._ready().call("signature", names))
            value = result.value if isinstance(result.value, list) else []
            self._defined = {str(n) for n in value}
        if name in self._defined:
            return None
        cell = self.names[name]
        if cell in self.errors:
            fault = self.errors[cell]
            return Fault(
                f"The cell that should define `{name}` fails. {fault.message}", fault.misconception
            )
        return Fault(
            f"No code cell of your notebook defines `{name}`. Was its cell deleted, or turned into "
            "Markdown, or is the name spelt otherwise?",
            "not-defined",
        )

    def call(
        self, probe: str, args: dict[str, Any], arrays: dict[str, np.ndarray] | None = None
    ) -> CallResult:
        """Call a probe; an exception in the student's code becomes a Fault that names it."""
        result = self._twice(lambda: self._ready().call(probe, args, arrays))
        if result.error is not None:
            raise self._recognise(result.error)
        return result

    def _twice(self, work: Callable[[], Any]) -> Any:
        """Do it again where the kernel died: something outside may have killed it or its jail."""
        try:
            return work()
        except (KernelGone, JailBroken):
            self._revivals -= 1
            return work()

    def _ready(self) -> Jail:
        while self._jail is None or not self._jail.alive:
            self._revivals += 1
            if self._revivals > REVIVALS:
                raise KernelLost("your code ended or stalled the kernel too often")
            self._jail = self._take()
            self._run_cells()
        return self._jail

    def _run_cells(self) -> None:
        """Run the cells in order; one that kills the kernel is left out the next time."""
        for cell in list(self._cells):
            try:
                error = self._jail.run(cell.source).error
            except (KernelLost, JailBroken) as lost:
                self._without(cell, lost)
                return
            if error is not None:
                self.errors[cell.id] = self._recognise(error)
        self._jail.load(self._probes)

    def _without(self, cell: Cell, lost: KernelLost | JailBroken) -> None:
        """Leave a cell out that killed the kernel twice, or stalled it; once may be by chance."""
        if cell not in self._died and type(lost) is not KernelLost:
            self._died.append(cell)
            self._revivals -= 1
        elif isinstance(lost, JailBroken):
            raise lost
        else:
            self.errors[cell.id] = Fault(f"It could not be run: {lost}.", "kernel-lost")
            self._cells.remove(cell)
