"""An honest notebook gets the same grade at every seed: every right answer of every bank."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from autograder.judge.assignment import judged_assignments
from autograder.verify import BANK, Report, verify

pytestmark = [pytest.mark.jail, pytest.mark.long]


@pytest.mark.parametrize("seed", range(100, 120))
@pytest.mark.parametrize("id", judged_assignments())
def test_every_right_answer_gets_every_point(bubblewrap: str, id: str, seed: int, tmp_path: Path):
    shutil.copytree(BANK / id / "wheat", tmp_path / "wheat")
    *_, report = verify(id, tmp_path, seed=seed, workers=1)
    assert isinstance(report, Report)
    assert {row.name: row.failed for row in report.entries if row.failed} == {}
