"""The formative checks of a5: the solution passes, mistakes are named; the rules against peers."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import confusion_matrix, roc_auc_score

from autograder.source import read_source
from autograder.verify import BANK, Entry, read_bank
from glaucam.checks import a5_errors as checks
from glaucam.checks import a5_shortcut, a5_summary
from glaucam.checks.a5_columns import MOST_ROWS, columns_of
from glaucam.checks.a5_returned import Returned, aligned
from glaucam.checks.base import FAILED, PASSED, Mistake
from glaucam.metrics import energy_share, lift

SOURCE = read_source("a5_errors")
IDS = [id for id in SOURCE.points if "." in id]
NAMES = {"error_table": "error_table", "summary": "group_summary", "shortcut": "find_shortcut"}
CHAFFS = [e for e in read_bank(BANK / "a5_errors") if e.kind == "chaff"]
ELSEWHERE = {
    "withheld",
    "not-written",
    "not-defined",
    "no-heat-raises",
}  # names that only the judge gives


def defined(cell: str, text: str = "") -> object:
    """The function of a cell, as the solution or ``text`` defines it."""
    namespace: dict = {}
    exec(SOURCE.locked_cells["setup"] + "\n" + (text or SOURCE.solution_cells[cell]), namespace)
    return namespace[NAMES[cell]]


def outcome(id: str, function: object):
    return getattr(checks, id.replace(".", "_"))(function)


@pytest.mark.parametrize("id", IDS)
def test_the_solution_passes(id: str) -> None:
    found = outcome(id, defined(id.split(".")[0]))
    assert (found.check, found.status) == (id, PASSED), found
    assert found.rationale
    assert found.title


def checkable(entry: Entry) -> bool:
    return entry.says not in ELSEWHERE and not entry.says.startswith("raises-")


@pytest.mark.parametrize("entry", [e for e in CHAFFS if checkable(e)], ids=lambda e: e.name)
def test_a_known_mistake_fails_here_too_and_has_its_name(entry: Entry) -> None:
    cell = entry.cells.cells[0]
    asked = [id for id in IDS if any(id == f or id.startswith(f + ".") for f in entry.fails)]
    function = defined(cell.id, cell.source)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = [outcome(id, function) for id in asked]
    lost = [o for o in found if o.status == FAILED]
    assert lost, entry.name
    raised = [o for o in lost if o.rationale.startswith("Your code stopped")]
    assert entry.says in {o.misconception for o in lost} or raised, lost


def test_the_right_table_agrees_with_the_library_and_with_sklearn() -> None:
    asked = checks.public_situation()
    for i, row in asked.table.iterrows():
        share, times = (f(asked.heatmaps[i], asked.masks[i]) for f in (energy_share, lift))
        assert row["disc_share"] == pytest.approx(np.nan if share is None else share, nan_ok=True)
        assert row["disc_lift"] == pytest.approx(np.nan if times is None else times, nan_ok=True)
    (tn, fp), (fn, tp) = confusion_matrix(asked.y_true, asked.p >= asked.threshold)
    counts = asked.table["group"].value_counts()
    assert (tn, fp, fn, tp) == tuple(counts[g] for g in ("TN", "FP", "FN", "TP"))


def test_the_right_summary_agrees_with_pandas() -> None:
    table = checks.public_situation().table
    asked = a5_summary.Summed("all", table)
    peer = table.groupby("group")[["confidence", "disc_lift"]].mean().loc[list(a5_summary.GROUPS)]
    np.testing.assert_allclose(asked.means("confidence"), peer["confidence"])
    np.testing.assert_allclose(asked.means("disc_lift"), peer["disc_lift"])


def test_the_auroc_is_sklearns() -> None:
    rng = np.random.default_rng(0)
    x, called = rng.integers(0, 9, 80), rng.random(80) < 0.4
    assert a5_shortcut.auroc(x, called) == pytest.approx(roc_auc_score(called, x))


@pytest.mark.parametrize("seed", range(12))
def test_what_is_planted_is_clear_and_nothing_else_is(seed: int) -> None:
    """The bounds that the notebook promises, by sklearn, at every seed."""
    for case in a5_shortcut.shortcuts(seed):
        facts = case.attributes.loc[case.table["image"]]
        called = (case.table["predicted"] == "glaucoma").to_numpy()
        for name in facts:
            x = pd.factorize(facts[name], sort=True)[0]
            for label in ("normal", "glaucoma"):
                rows = (case.table["true"] == label).to_numpy()
                apart = abs(roc_auc_score(called[rows], x[rows]) - 0.5)
                assert apart > 0.35 if name == case.plan.planted else apart < 0.15


def test_a_decoy_goes_with_the_disease() -> None:
    for case in a5_shortcut.shortcuts(3):
        facts = case.attributes.loc[case.table["image"]]
        x = pd.factorize(facts[case.plan.decoy], sort=True)[0]
        assert abs(roc_auc_score(case.table["true"] == "glaucoma", x) - 0.5) > 0.4


BAD_TABLES = {
    "too-many-rows": lambda t: pd.concat([t] * 60),
    "not-a-table": lambda t: "image,true",
    "rows-left-out": lambda t: t.iloc[:0],
    "missing-column": lambda t: t.rename(columns={"image": "picture"}),
    "duplicated-images": lambda t: pd.concat([t, t.iloc[:1]]),
    "names-changed": lambda t: t.assign(image=range(len(t))),
}


@pytest.mark.parametrize("name", BAD_TABLES)
def test_what_is_no_table_of_the_images_is_told_in_words(name: str) -> None:
    asked = checks.public_situation()
    table = BAD_TABLES[name](asked.table)
    found = checks.error_table_table(lambda *arguments: table)
    assert (found.status, found.misconception) == (FAILED, name), found


def test_ten_million_rows_are_counted_and_not_read() -> None:
    value, arrays = columns_of(pd.DataFrame({"image": np.zeros(10_000_000, bool)}), ("image",))
    assert (value["rows"], value["texts"], arrays) == (10_000_000, {}, {})
    with pytest.raises(Mistake, match="10,000,000 rows came back, expected 10"):
        aligned(Returned.read(value, arrays), checks.public_situation().names)


@pytest.mark.parametrize(
    "value",
    [None, 3, {}, {"rows": 2}, {"rows": "2"}, {"rows": 2, "texts": {"image": ["a"]}},
     {"rows": 2, "texts": {"image": 5}, "columns": 3}, {"rows": MOST_ROWS, "texts": []}],
)  # fmt: skip
def test_forged_answers_are_no_table_and_no_crash(value: object) -> None:
    """What comes over the wire may be anything; a rule then raises a Mistake, nothing else."""
    table = Returned.read(value, {"image": np.zeros((2, 2)), "group": np.zeros(2)})
    with pytest.raises(Mistake):
        aligned(table, checks.public_situation().names)
