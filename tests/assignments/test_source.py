"""Reading an assignment's source: what comes out, and one clear line for each malformed one."""

# ruff: noqa: E501

import pytest
from glaucam.errors import InputError, UnknownName

from autograder.source import assignment_ids, check_id, grade_id, parse, read_source

GOOD = """# chaff: says what is wrong
# fails: part.value

# %% [markdown]
# # Title

# %% locked="setup"
import torch

# %% solution="part"
def f():
    ### BEGIN SOLUTION
    return 1
    ### END SOLUTION

# %% check="part.value" points=5
f()

# %% local="plot"
print(f())

# %% [markdown] answer="why" points=2.5
# Why?
"""


def test_cells_ids_points_and_header():
    source = parse(GOOD, id="demo")
    kinds = [cell.kind for cell in source.cells]
    assert kinds == ["plain", "locked", "solution", "check", "local", "answer"]
    assert source.points == {"part.value": 5.0, "why": 2.5}
    assert "return 1" in source.solution_cells["part"]
    assert source.locked_cells == {"setup": "import torch"}
    assert source.header == ("chaff: says what is wrong", "fails: part.value")
    assert [cell.line for cell in source.cells] == [4, 7, 10, 16, 19, 22]


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        (" points=5", "", 16, "points=N"),
        ("points=5", 'points="five"', 16, "points=N"),
        ("points=5", "points=0", 16, "points=N"),
        ('local="plot"', 'local="plot" points=1', 19, "only checks and answers"),
        ('locked="setup"', 'lokced="setup"', 7, "expected one of solution"),
        ('locked="setup"', 'locked="part"', 10, "already that of line 7"),
        ('check="part.value"', 'check="value"', 16, "<cell>.<what>"),
        ("### END SOLUTION", "# the end", 10, "do not alternate"),
        ("print(f())", "### BEGIN SOLUTION\n### END SOLUTION", 19, "solution region in a local"),
        ("    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION\n", "    return 1\n", 10, "see all"),
        ('# %% [markdown] answer="why"', '# %% answer="why"', 22, "expected markdown"),
        ("# chaff: says", "import os\n# chaff: says", 1, "belongs to no cell"),
    ],
)  # fmt: skip
def test_malformed_source_names_the_line(old, new, line, says):
    text = GOOD.replace(old, new, 1)
    assert text != GOOD
    with pytest.raises(InputError, match=rf"demo\.py: line {line}: .*{says}") as caught:
        parse(text, where="demo.py")
    assert "\n" not in str(caught.value)


def test_no_cell_at_all():
    with pytest.raises(InputError, match="no cell"):
        parse("import torch\n")


def test_a_bank_entry_needs_no_marks():
    entry = parse('# %% solution="part"\ndef f():\n    return 2\n', regions=False)
    assert entry.solution_cells == {"part": "def f():\n    return 2"}


def test_unknown_assignment_lists_those_there_are():
    with pytest.raises(UnknownName, match="did you mean 'a3_gradcam'"):
        read_source("a3_gradcan")


def test_ids_survive_the_way_through_nbgrader():
    for name in assignment_ids():
        for check in read_source(name).points:
            assert check_id(grade_id(check)) == check
            assert "." not in grade_id(check)
