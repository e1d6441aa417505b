"""The judge of a5_errors: error table, summary of the four groups, shortcut."""

from pathlib import Path

import glaucam.checks
from autograder.jail.limits import Limits
from autograder.judge.a5_errors import (  # noqa: F401  (they file their checks)
    shortcut_checks,
    summary_checks,
    table_checks,
)
from autograder.judge.a5_errors.checks import CHECKS
from autograder.judge.a5_errors.secret import secret
from autograder.judge.a5_errors.withheld import RECOGNISE, WITHHELD
from autograder.judge.assignment import Assignment

HERE = Path(__file__).parent
COLUMNS = Path(glaucam.checks.__file__).parent / "a5_columns.py"

ASSIGNMENT = Assignment(
    id="a5_errors",
    names={
        "error_table": "error_table",
        "group_summary": "summary",
        "find_shortcut": "shortcut",
    },
    checks=CHECKS,
    probes=COLUMNS.read_text() + (HERE / "probes.py").read_text(),
    secret=secret,
    recognise=RECOGNISE,
    withheld=WITHHELD,
    limits=Limits(cell_seconds=40, call_seconds=30, notebook_seconds=240),
)
