"""A kernel and the one small interface to it: start, run cells, call with arrays, stop.

Whatever stands behind the interface (a process behind bubblewrap, a bare one under ``--trust``),
the judge sees evidence only: which cells raised, and plain arrays. A kernel that dies or stalls is
replaced and its cells are run again, so one bad call costs only itself.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograder.jail import frames
from autograder.jail.limits import Limits
from autograder.jail.process import KernelProcess, Walls
from autograder.jail.wire import Gone, Late, Wire

SPARE = 1 << 10  # bytes of a request beside the cell's text


class KernelLost(Exception):
    """The kernel stalled, died, or sent what is no frame; the message says which, for a student."""


class KernelGone(KernelLost):
    """The kernel died: by the student's code, or by something outside that it knows nothing of."""


class JailBroken(Exception):
    """The jail itself could not be started: nobody's fault but ours."""


@dataclass(frozen=True)
class CellError:
    """What a student's code raised, and where in the cell."""

    name: str
    message: str
    line: int | None = None
    text: str = ""

    @classmethod
    def from_wire(cls, error: Any) -> CellError:
        """Read an error from the kernel, believing none of its types."""
        error = error if isinstance(error, dict) else {}
        line = error.get("line")
        return cls(
            str(error.get("name", "Error"))[:80],
            str(error.get("message", ""))[:400],
            line if isinstance(line, int) else None,
            str(error.get("text", ""))[:200],
        )

    def __str__(self) -> str:
        where = f" in line {self.line} (`{self.text}`)" if self.line and self.text else ""
        return f"{self.name}: {self.message}{where}" if self.message else f"{self.name}{where}"


@dataclass(frozen=True)
class CellResult:
    """One cell was run; ``error`` is None when it raised nothing."""

    error: CellError | None


@dataclass(frozen=True)
class CallResult:
    """One probe was called: a JSON value and arrays, or the error it met."""

    value: Any = None
    arrays: dict[str, np.ndarray] = field(default_factory=dict)
    error: CellError | None = None


class Jail:
    """One submission's kernel: ``start``, ``run``, ``load``, ``call``, ``stop``."""

    def __init__(self, walls: Walls, limits: Limits | None = None, seed: int = 0) -> None:
        self.limits = limits or Limits()
        self._walls = walls
        self._seed = seed
        self._process: KernelProcess | None = None
        self._wire: Wire | None = None
        self._requests = 0
        self._left = self.limits.notebook_seconds

    def start(self) -> Jail:
        """Start the process without waiting for it; the first request waits until it is ready."""
        self._process = self._walls.start(self.limits)
        self._wire = None
        return self

    def run(self, source: str) -> CellResult:
        """Run one cell of the submission; one that fits into no frame raises, as it were."""
        if len(json.dumps(source)) > frames.MAX_HEADER - SPARE:
            return CellResult(CellError("ValueError", f"a cell of {len(source)} characters"))
        header, _ = self._request({"op": "run", "source": source}, None, self.limits.cell_seconds)
        return CellResult(_error(header))

    def load(self, probes: str) -> None:
        """Hand over the source of the probes that ``call`` will name."""
        header, _ = self._request({"op": "load", "source": probes}, None, self.limits.call_seconds)
        if error := _error(header):
            self.stop()  # a kernel that took no probes can answer nothing
            raise KernelLost(f"the checks could not be loaded beside your code ({error})")

    def call(
        self, name: str, args: dict[str, Any], arrays: dict[str, np.ndarray] | None = None
    ) -> CallResult:
        """Call a probe on what the cells defined."""
        request = {"op": "call", "name": name, "args": args}
        header, out = self._request(request, arrays, self.limits.call_seconds)
        if error := _error(header):
            return CallResult(error=error)
        return CallResult(header.get("value"), out)

    def stop(self) -> None:
        """Kill the process and with it everything inside the jail."""
        if self._process is not None:
            self._process.end()
        self._process = self._wire = None

    def __enter__(self) -> Jail:
        return self.start() if self._process is None else self

    def __exit__(self, *_exception: object) -> None:
        self.stop()

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.alive

    @property
    def bounded(self) -> bool:
        """Whether a cgroup bounds all processes of the kernel together."""
        return self._process is not None and self._process.bounded

    def _ready(self) -> Wire:
        if self._wire is None:
            self._wire = Wire(self._process.writer, self._process.reader)
            try:
                self._wire.receive(time.monotonic() + self.limits.start_seconds)
            except (Gone, Late, frames.BadFrame) as error:
                why = self._process.complaint() or f"no answer ({type(error).__name__})"
                raise JailBroken(why) from error
        return self._wire

    def _request(
        self, header: dict[str, Any], arrays: dict[str, np.ndarray] | None, seconds: float
    ) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        if not self.alive:
            raise KernelGone("your kernel was no longer there")
        wire = self._ready()
        self._requests += 1
        header = {**header, "id": self._requests, "seed": self._seed + self._requests}
        began = time.monotonic()
        allowed = min(seconds, self._left)
        try:
            wire.send(header, arrays, began + allowed)
            answer, out = wire.receive(began + allowed)
            if answer.get("id") != self._requests:
                raise frames.BadFrame("an answer to no question")
        except Late as error:
            self.stop()
            raise KernelLost(_slow(seconds, self._left)) from error
        except Gone as error:
            fallen = self._process.jail_lost()
            self.stop()
            if fallen:
                raise JailBroken("the jail was ended from outside") from error
            raise KernelGone(
                "your code ended the Python process (exit, a crash, or too much memory)"
            ) from error
        except frames.BadFrame as error:
            self.stop()
            raise KernelLost("your code disturbed the channel to the grader") from error
        finally:
            self._left -= time.monotonic() - began
        return answer, out


def _slow(seconds: float, left: float) -> str:
    if left < seconds:
        return "the notebook's time for grading was used up"
    return f"your code was still running after {seconds:.0f} s and was stopped"


def _error(header: dict[str, Any]) -> CellError | None:
    error = header.get("error")
    return None if error is None else CellError.from_wire(error)
