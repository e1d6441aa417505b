"""Names a cell defines and needs: what decides whether an added cell is run."""

from __future__ import annotations

import pytest

from autograder.names import NOTHING, names_of


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
