"""The same mistakes coded by people who saw the notebooks and nothing of the judge."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.judge.assignment import judged_assignments
from autograder.verify import BANK, Report, verify

pytestmark = [pytest.mark.jail, pytest.mark.long]


@pytest.mark.parametrize("id", judged_assignments())
def test_they_are_judged_like_our_own(bubblewrap: str, id: str) -> None:
    folder: Path = BANK.parent / "second_codings" / id
    *_, report = verify(id, folder, seed=12, workers=1)
    assert isinstance(report, Report)
    assert {row.name: row.why for row in report.entries if not row.ok} == {}
    assert report.named >= 0.95
