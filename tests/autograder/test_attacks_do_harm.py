"""An attack counts only if it does its harm somewhere: here, without a jail.

Each attack's own cell is run twice: by the kernel of ``--trust``, and in the jail. That it gains
nothing is for ``verify``.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import nbformat
import pytest
from nbgrader.utils import determine_grade

from autograder.jail import cgroups
from autograder.jail import walls as walls_module
from autograder.jail.kernel import Jail, KernelLost
from autograder.jail.limits import Limits
from autograder.verify import BANK, read_entry

pytestmark = [pytest.mark.jail, pytest.mark.slow, pytest.mark.xdist_group("jail")]
LOOK = "def look(ns, args, arrays):\n    return eval(args['what'], dict(ns)), {}\n"
SETUP = "import numpy as np\nimport torch\n"


def cell(name: str) -> str:
    """The attack's code."""
    entry = read_entry(BANK / "a3_gradcam" / "attack" / f"{name}.py", "attack")
    return "\n".join(c.source for c in entry.cells.cells)


def value(jail: Jail, what: str) -> Any:
    jail.load(LOOK)
    return jail.call("look", {"what": what}).value


@pytest.fixture(params=["trust", "jail"])
def kernel(request, bubblewrap: str, monkeypatch) -> Iterator[Callable[..., Jail]]:
    """Kernels without walls, then behind them; numpy only. ``kernel.harmful``: which they are."""
    monkeypatch.setattr(walls_module, "PRELOAD", "numpy")
    walls = walls_module.open_walls(frozenset(), trust=request.param == "trust")
    started: list[Jail] = []

    def make(**limits: float) -> Jail:
        started.append(Jail(walls, Limits(**limits)).start())
        return started[-1]

    make.harmful = request.param == "trust"
    yield make
    for jail in started:
        jail.stop()
    walls.close()


@pytest.fixture(scope="module")
def listener() -> Iterator[None]:
    """Somebody who takes what is posted."""
    with socket.create_server(("127.0.0.1", 48484)) as server:
        taker = threading.Thread(target=take_all, args=(server,), daemon=True)
        taker.start()
        yield


def take_all(server: socket.socket) -> None:
    while True:
        try:
            server.accept()[0].close()
        except OSError:
            return


@pytest.mark.parametrize(
    ("attack", "name"),
    [
        ("namespaces_of_its_own", "gained"),
        ("other_families", "posted"),
        ("reads_other_processes", "read"),
    ],
)
def test_what_it_reaches_it_reaches_only_without_a_jail(kernel, listener, attack, name):
    jail = kernel()
    assert jail.run(cell(attack)).error is None
    assert bool(value(jail, name)) is kernel.harmful


def test_a_key_is_found_by_the_next_only_without_a_jail(kernel):
    for _ in range(2):
        jail = kernel()
        assert jail.run(cell("keys_for_the_next")).error is None
    try:
        assert bool(value(jail, "found")) is kernel.harmful
    finally:  # 21: make the key invalid
        jail.run(
            "for ring in found:\n"
            "    key = libc.syscall(CONTROL, SEARCH, ring, kind, name, 0)\n"
            "    libc.syscall(CONTROL, 21, key)"
        )


@pytest.mark.skipif(not cgroups.places(), reason="no cgroup may be made on this machine")
def test_a_herd_is_bounded_only_by_the_jail(kernel):
    """The same herd, smaller, under a smaller limit: how many of it live on."""
    small = cell("herd_of_hoarders").replace("HERD, EACH = 20, 220", "HERD, EACH = 6, 64")
    jail = kernel(memory=256 << 20, cell_seconds=60)
    alive = "time.sleep(2)\nalive = sum(os.waitpid(c, os.WNOHANG)[0] == 0 for c in herd)\n"
    try:
        jail.run(small)
        jail.run(alive)
        left = value(jail, "alive")
        jail.run("for c in herd:\n    os.kill(c, 9)")
    except KernelLost:
        left = 0
    assert (left == 6) is kernel.harmful


def test_a_replaced_process_says_yes_to_everything(kernel):
    """On either side: what comes from there is evidence, never a verdict."""
    jail = kernel()
    jail.run(cell("replaced_process"))
    assert jail.run("raise ValueError('this cell is wrong')").error is None
    assert jail.call("layer", {"nets": [1]}).value[0]["passed"] is True


@pytest.mark.parametrize("kernel", ["trust"], indirect=True)
def test_a_shown_number_is_points_to_plain_nbgrader(kernel):
    jail = kernel()
    jail.run(cell("number_as_points"))
    shown = value(jail, "get_ipython().display_formatter.format(None)[0]")
    check = nbformat.v4.new_code_cell("checks.gradcam_values(GradCAM)")
    check.metadata["nbgrader"] = {"grade": True, "points": 25, "grade_id": "x", "solution": False}
    check.outputs = [nbformat.v4.new_output("execute_result", shown, execution_count=1)]
    assert determine_grade(check) == (25, 25)


@pytest.mark.parametrize("kernel", ["trust"], indirect=True)
@pytest.mark.parametrize(
    ("attack", "question"),
    [
        (
            "fake_checks_module",
            "from glaucam.checks import a3_gradcam as c\nassert c.gradcam_values(GradCAM).passed",
        ),
        ("forged_imports", "import numpy\nassert numpy.allclose(1, 2)"),
    ],
)
def test_a_check_beside_the_students_code_believes_it(kernel, attack, question):
    honest, jail = kernel(), kernel()
    honest.run(SETUP + "class GradCAM: pass")
    assert honest.run(question).error is not None
    jail.run(SETUP + cell(attack))
    assert jail.run(question).error is None
