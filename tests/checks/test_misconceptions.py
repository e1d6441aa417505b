"""The table of known mistakes: its sections stand in the notebook, its words serve every check."""

from __future__ import annotations

import re
from pathlib import Path

from glaucam.checks.a3_misconceptions import MISCONCEPTIONS

ROOT = Path(__file__).parents[2]
CHECKS = ROOT / "course" / "glaucam" / "checks"
OF_A3 = ("a3_gradcam", "accepted", "causes", "gradcam_variants", "heatmaps", "layer_choice",
         "overlay_blend", "side_effects")  # fmt: skip


def headings(source: str) -> set[str]:
    """The headings of a percent file without their markup."""
    found = re.findall(r"^# #+ (.*)$", source, flags=re.MULTILINE)
    return {re.sub(r"[*`$]|\\\\", "", h).replace("\\partial ", "∂") for h in found}


def test_every_section_is_a_heading_of_the_notebook() -> None:
    there = headings((ROOT / "solutions" / "a3_gradcam.py").read_text(encoding="utf-8"))
    assert {said.section for said in MISCONCEPTIONS.values()} <= there


def test_every_mistake_a_check_names_is_in_the_table() -> None:
    for name in OF_A3:
        named = re.findall(r'"([a-z0-9]+(?:-[a-z0-9]+)+)"', (CHECKS / f"{name}.py").read_text())
        assert set(named) <= set(MISCONCEPTIONS), name
