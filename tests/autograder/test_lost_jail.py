"""What is killed from outside costs a submission nothing; what it kills itself, it pays for."""

from __future__ import annotations

import pytest

from autograder.jail.kernel import Jail, KernelLost
from autograder.jail.limits import Limits
from autograder.jail.process import Walls
from autograder.judge.bench import Bench, Cell, Fault

pytestmark = [pytest.mark.jail, pytest.mark.xdist_group("jail")]

LEAVE = "import os\ndef leave():\n    os._exit(0)"
CELLS = [Cell("a", "def answer():\n    return 7"), Cell("b", LEAVE)]
NAMES = {"answer": "a", "leave": "b"}
PROBES = """
def signature(namespace, args, arrays):
    return [name for name in args["names"] if callable(namespace.get(name))], {}

def ask(namespace, args, arrays):
    return namespace[args["name"]](), {}
"""


class Watched:
    """Hands out kernels, and knows the last one."""

    def __init__(self, walls: Walls) -> None:
        self._walls, self.taken = walls, []

    def take(self) -> Jail:
        self.taken.append(Jail(self._walls, Limits()).start())
        return self.taken[-1]

    def kill_last(self) -> None:
        """End the process that stands around the last kernel: the parent of all, or its own."""
        kernel = self.taken[-1]._process
        process = getattr(kernel, "_parent", kernel)._process
        process.kill()
        process.wait()


@pytest.fixture
def watched(walls: Walls) -> Watched:
    return Watched(walls)


def bench_of(watched: Watched, cells: list[Cell] = CELLS) -> Bench:
    return Bench(watched.take, cells, NAMES, PROBES, lambda error: Fault(str(error)))


def test_a_jail_killed_from_outside_costs_nothing(watched: Watched) -> None:
    with bench_of(watched) as bench:
        assert bench.call("ask", {"name": "answer"}).value == 7
        watched.kill_last()
        assert bench.call("ask", {"name": "answer"}).value == 7
        assert len(watched.taken) == 2


def test_code_that_ends_its_process_loses_that_call_only(watched: Watched) -> None:
    with bench_of(watched) as bench:
        with pytest.raises(KernelLost, match="your code ended the Python process"):
            bench.call("ask", {"name": "leave"})
        assert bench.call("ask", {"name": "answer"}).value == 7


def test_a_cell_that_ends_the_process_is_left_out(watched: Watched) -> None:
    cells = [CELLS[0], Cell("b", "import os\nos._exit(0)")]
    with bench_of(watched, cells) as bench:
        assert bench.call("ask", {"name": "answer"}).value == 7
        assert "could not be run" in bench.errors["b"].message
        assert "a" not in bench.errors
