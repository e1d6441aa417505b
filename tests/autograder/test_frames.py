"""Frames forged by a hostile kernel: refused one by one, and never more than one kernel lost."""

from __future__ import annotations

import json

import numpy as np
import pytest

from autograder.jail import frames
from autograder.jail.kernel import CallResult, CellError, Jail, KernelLost
from autograder.judge.bench import Bench, Cell, Fault
from autograder.judge.check import FAILED, run_check
from tests.autograder.submissions import solution


def head(*arrays: object) -> bytes:
    return json.dumps({"id": 1, "arrays": arrays}).encode()


FORGED = {
    "not JSON": (b"\xff{", b""),
    "no list of arrays": (b'{"id": 1}', b""),
    "not an object": (b'["arrays"]', b""),
    "nested beyond reading": (b"[" * 200_000, b""),
    "an object dtype": (head(["a", "object", [1]]), bytes(8)),
    "a complex dtype": (head(["a", "complex128", [1]]), bytes(16)),
    "a dtype that is a list": (head(["a", ["float32"], [1]]), bytes(4)),
    "more than came": (head(["a", "float64", [9]]), bytes(8)),
    "a negative side": (head(["a", "float32", [-1]]), bytes(4)),
    "a side that is true": (head(["a", "float32", [True]]), bytes(4)),
    "nothing, times a number beyond any machine": (head(["a", "float32", [0, 10**30]]), b""),
    "nine axes": (head(["a", "uint8", [1] * 9]), bytes(1)),
}


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
def test_a_forged_frame_is_refused(forged):
    with pytest.raises(frames.BadFrame):
        frames.decode(*forged)


def test_announced_lengths_are_bounded():
    for lengths in ((2**32 - 1, 0), (0, 2**32 - 1)):
        with pytest.raises(frames.BadFrame, match="more than a frame may hold"):
            frames.lengths(frames.LENGTHS.pack(*lengths))


@pytest.mark.parametrize("values", [[None], [1j], ["text"]], ids=["object", "complex", "text"])
def test_only_numbers_are_sent(values):
    with pytest.raises(frames.BadFrame, match="expected numbers"):
        frames.encode({}, {"a": np.array(values)})


def test_what_is_sent_comes_back():
    arrays = {"a": np.arange(6.0).reshape(2, 3)[:, ::2], "b": np.zeros((0, 4), bool)}
    data = frames.encode({"id": 3}, arrays)
    size, _ = frames.lengths(data[:8])
    header, back = frames.decode(data[8 : 8 + size], data[8 + size :])
    assert header == {"id": 3}
    assert all(np.array_equal(back[k], a) and back[k].dtype == a.dtype for k, a in arrays.items())


WRITE = """
import os
for fd in range(3, 32):
    try: os.write(fd, bytes.fromhex('{data}'))
    except OSError: pass
"""
SENT = {
    "garbage": b"\xff" * 4096,
    "oversized": frames.LENGTHS.pack(2**32 - 1, 2**32 - 1),
    "an answer to another question": frames.encode({"id": 99, "error": None}),
    "no frame": frames.LENGTHS.pack(4, 0) + b"null",
}


@pytest.mark.jail
@pytest.mark.xdist_group("jail")
@pytest.mark.parametrize("data", SENT.values(), ids=SENT)
def test_a_kernel_that_forges_is_lost_and_the_judge_lives(jails, data):
    with Jail(jails.walls) as jail:
        with pytest.raises(KernelLost, match="disturbed the channel"):
            jail.run(WRITE.format(data=data.hex()))
        assert not jail.alive


@pytest.mark.jail
@pytest.mark.xdist_group("jail")
def test_after_a_kernel_was_killed_the_next_call_works(jails):
    probes = "def ask(namespace, args, arrays):\n    return namespace['f'](args['x']), {}\n"
    cell = "import os\ndef f(x):\n    if x == 0: os._exit(1)\n    return x + 1"

    def recognise(error: CellError) -> Fault:
        return Fault(str(error))

    with Bench(jails.take, [Cell("f", cell)], {"f": "f"}, probes, recognise) as bench:
        assert bench.call("ask", {"x": 1}).value == 2
        with pytest.raises(KernelLost, match="ended the Python process"):
            bench.call("ask", {"x": 0})
        assert bench.call("ask", {"x": 2}) == CallResult(3, {})


RETURNS = {
    "NaN": "images[:, 0] * float('nan')",
    "object": "np.full(images[:, 0].shape, None)",
    "complex": "images[:, 0].numpy().astype(complex)",
    "nothing": "np.zeros((0, 0, 0))",
    "text": "'a heatmap'",
}


@pytest.mark.jail
@pytest.mark.xdist_group("jail")
@pytest.mark.parametrize("expression", RETURNS.values(), ids=RETURNS)
def test_what_is_no_heatmap_fails_the_check(jails, source, assignment, expression):
    """Refused as the student's mistake, not as a fault of the grader."""
    text = (
        "class GradCAM:\n    def __init__(self, model, target_layer): pass\n"
        f"    def __call__(self, images, class_index): return {expression}\n"
        "    def remove(self): pass"
    )
    cells = [*(Cell(*item) for item in source.locked_cells.items()), Cell("gradcam", text)]
    tools = (assignment.names, assignment.probes, assignment.recognise)
    with Bench(jails.take, cells, *tools) as bench:
        check = assignment.checks["gradcam.values"]
        verdict = run_check(check, bench, assignment.secret(3), lambda id, bench: None)
    assert verdict.outcome == FAILED, verdict.message
    assert verdict.message


def test_the_solution_used_here_is_the_solution():
    assert "class GradCAM" in solution("gradcam")
