"""Item analysis against numbers worked by hand, and scipy's point-biserial."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import pointbiserialr

from autograder.term.graded import Graded, Row
from autograder.term.items import as_csv, item_analysis, misconceptions, point_biserial
from tests.autograder.term.conftest import Run


def graded(table: dict[str, dict[str, tuple[float, str]]]) -> Graded:
    """student → check → (points of 2, outcome)."""
    rows = [
        Row(student, check, points, 2.0, outcome, "" if outcome == "passed" else f"m-{check}", "")
        for student, checks in table.items()
        for check, (points, outcome) in checks.items()
    ]
    return Graded(Path(), "a0", 0, None, tuple(rows))


def test_rates_by_hand():
    right, half, wrong = (2.0, "passed"), (1.0, "partial"), (0.0, "failed")
    items = item_analysis(
        graded(
            {
                "ann": {"p": right, "q": right},
                "bob": {"p": right, "q": half},
                "cem": {"p": wrong, "q": wrong},
                "dee": {"p": (0.0, "not checkable"), "q": right},
            }
        ),
        {"p": [1.0, 3.0, 2.0]},
    )
    p, q = items
    assert (p.n, p.pass_rate, p.mean_share, p.seconds) == (3, 0.6667, 0.6667, 2.0)
    assert (q.n, q.pass_rate, q.mean_share, q.seconds) == (4, 0.5, 0.625, None)
    assert p.outcomes == {"passed": 2, "partial": 0, "failed": 1, "not checkable": 1}
    # p against the points of q: passed 2 and 1, failed 0
    assert p.discrimination == pytest.approx(pointbiserialr([1, 1, 0], [2, 1, 0])[0], abs=1e-4)
    assert misconceptions(items) == {"m-q": 2, "m-p": 1}


def test_discrimination_is_the_correlation_with_the_rest_score():
    rng = np.random.default_rng(0)
    rest = rng.normal(size=50)
    passed = (rest + rng.normal(size=50) > 0).astype(float)
    assert point_biserial(passed, rest) == pytest.approx(pointbiserialr(passed, rest)[0], abs=1e-4)


@pytest.mark.parametrize(
    ("passed", "rest"), [([1, 1], [1, 2]), ([0, 0], [1, 2]), ([0, 1], [2, 2]), ([], [])]
)
def test_where_nothing_varies_there_is_no_discrimination(passed: list, rest: list):
    assert point_biserial(np.array(passed, float), np.array(rest, float)) is None


def test_an_unreadable_submission_says_nothing_about_checks():
    rows = [
        Row("ann", "p", 2.0, 2.0, "passed", "", ""),
        Row("cem", "p", 0.0, 2.0, "failed", "unreadable", ""),
    ]
    (item,) = item_analysis(Graded(Path(), "a0", 0, None, tuple(rows)))
    assert (item.n, item.pass_rate) == (1, 1.0)


def test_the_table_has_a_line_per_check_and_no_formula():
    text = as_csv(item_analysis(graded({"ann": {"=p": (2.0, "passed")}})))
    header, line = text.splitlines()
    assert header.startswith("check,n,pass_rate,mean_share,discrimination")
    assert line.startswith("'=p,1,1,1,")


@pytest.mark.jail
@pytest.mark.slow
def test_items_of_a_graded_class(run: Run, capsys, refused):
    assert run.command("items", "--out", run.out, "--json") == 0
    said = json.loads(capsys.readouterr().out)
    items = {item["check"]: item for item in said["items"]}
    assert said["submissions"] == 5
    assert items["error_table.group"]["misconceptions"]["fp-fn-swapped"] == 1
    assert items["error_table.group"]["n"] == 4  # cem's could not be read
    assert all(item["seconds"] is not None for item in items.values())
    assert (run.out / "items" / "items.png").read_bytes().startswith(b"\x89PNG")
    lines = (run.out / "items" / "items.csv").read_text().splitlines()
    assert len(lines) == 1 + len(items)
    assert "holds no finished run" in refused("items", "--out", run.submitted)
