"""Names a cell defines and needs: what decides whether an added cell is run."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.names import NOTHING, names_of, tree_of


@pytest.mark.parametrize(
    ("code", "defined", "needed"),
    [
        ("def f(x): return x + 1", {"f"}, set()),
        ("class C(Base):\n    def m(self): return helper(self.x)", {"C"}, {"Base", "helper"}),
        ("import numpy as np\nfrom torch import nn", {"np", "nn"}, set()),
        ("a, (b, *c) = q", {"a", "b", "c"}, {"q"}),
        ("for i in range(3): total = i", {"i", "total"}, set()),
        ("def f():\n    global g\n    g = h()", {"f"}, {"h"}),
        ("def f(x=default): return [y * k for y in x]", {"f"}, {"default", "k"}),
        ("if (n := size()) > 2: pass", {"n"}, {"size"}),
        ("with open(p) as fh: data = fh.read()", {"fh", "data"}, {"p"}),
        ("f = lambda x: x * scale", {"f"}, {"scale"}),
        ("@jit\ndef f(): ...", {"f"}, {"jit"}),
        ("print(len(str(1)))", set(), set()),
        ("α = β + 1", {"α"}, {"β"}),
    ],
)
def test_defined_and_needed(code, defined, needed):
    names = names_of(code)
    assert (names.defined, names.needed) == (defined, needed)


@pytest.mark.parametrize(
    "code",
    [
        "%matplotlib inline\nx = 1",
        "!pip install grad-cam\nx = 1",
        "%time x = 1\nx = 1",
        "x = 1\nx?",
    ],
    ids=["magic", "shell", "line magic", "help"],
)
def test_magics_are_understood(code):
    assert "x" in names_of(code).defined


@pytest.mark.parametrize(
    "code",
    ["def f(:", "x = 1\n  y = 2", "%%bash\nexport x=1", "\0", "(" * 5000, "x = '\ud800'", ""],
    ids=["syntax", "indent", "bash", "zero byte", "nested", "half surrogate", "empty"],
)
def test_what_does_not_parse_names_nothing(code):
    assert names_of(code).defined == NOTHING.defined


def parsed_by_threads(parse: Callable[[str], object], seconds: float) -> set[str]:
    """What was raised while some read deep code, some long, and garbage had something to say."""

    class Garbage:
        def __init__(self) -> None:
            self.itself = self

        def __del__(self) -> None:
            time.sleep(1e-6)  # lets another thread go on, in the middle of a tree

    def read(source: str) -> None:
        while time.monotonic() < until:
            Garbage()
            try:
                parse(source)
            except Exception as error:
                raised.add(type(error).__name__)

    raised: set[str] = set()
    threshold, until = gc.get_threshold(), time.monotonic() + seconds
    long = Path(__file__).read_text(encoding="utf-8") * 5
    sources = ("lambda:" * 900 + "1", "lambda:" * 5000 + "1", long, long)
    threads = [threading.Thread(target=read, args=(source,)) for source in sources]
    gc.set_threshold(50)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        gc.set_threshold(*threshold)
    return raised


def test_threads_may_read_at_once():
    assert parsed_by_threads(tree_of, seconds=4) <= {"RecursionError", "MemoryError"}
