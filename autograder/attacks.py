"""``python -m autograder attacks``: every attack that is tried, what it tries, and where it works.

``verify`` runs those of the banks, tests/autograder/test_hostile_files.py those that are files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from autograder.hostile_files import HOSTILE_FILES
from autograder.verify import BANK

HEAD = ("where", "attack", "what it tries", "harm where nothing stands against it")


@dataclass(frozen=True)
class Attack:
    """``where``: the assignment whose bank holds it, or ``any file``."""

    where: str
    name: str
    tries: str
    harm: str

    def cells(self) -> tuple[str, ...]:
        return (self.where, f"`{self.name}`", self.tries, self.harm)


def attacks() -> Iterator[Attack]:
    """Those of every bank, then the hand-ins that attack as files."""
    for path in sorted(BANK.glob("*/attack/*.py")):
        heads = dict(re.findall(r"^# (attack|harm): (.*)$", path.read_text(encoding="utf-8"), re.M))
        yield Attack(path.parts[-3], path.stem, heads["attack"], heads["harm"])
    for name, file in HOSTILE_FILES.items():
        yield Attack("any file", name, file.tries, file.harm)


def as_table() -> str:
    """A Markdown table, as README.md holds it."""
    rows = [HEAD, ("---",) * len(HEAD), *(attack.cells() for attack in attacks())]
    return "\n".join("| " + " | ".join(escaped(cell) for cell in row) + " |" for row in rows)


def escaped(text: str) -> str:
    return re.sub(r"([|<>])", r"\\\1", text)


def as_json() -> list[dict[str, Any]]:
    return [asdict(attack) for attack in attacks()]
