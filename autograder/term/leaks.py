"""Search a bundle for what must not leave the instructors: solutions, hidden tests, bank, judge."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from autograder.release import ANSWER_STUB, CODE_STUB
from autograder.source import BEGIN, END, ROOT, AssignmentSource

MARKS = (BEGIN, END, "BEGIN HIDDEN TESTS", "END HIDDEN TESTS", "autograder.judge")
ROOMS = ("autograder", "solutions", "bank", "judge")  # folders no file of a bundle may lie in
SHORTEST = 12  # characters a line must have, without blanks, to be told apart from any other code
SHORTEST_SECRET = 40  # of the judge and the bank: their short lines are everybody's
_REGION = re.compile(f"{re.escape(BEGIN)}(.*?){re.escape(END)}", re.DOTALL)


def leaks(source: AssignmentSource, files: Mapping[str, bytes]) -> Iterator[str]:
    """What a bundle gives away, a sentence each; nothing for a sound one.

    Of the library only names and marks are searched: it is public, and holds reference methods.
    """
    secret = secret_lines(source)
    for name, content in files.items():
        text = content.decode("utf-8", "replace")
        library = name.startswith("library/")
        inside = PurePosixPath(name).parts[1:] if library else PurePosixPath(name).parts
        if rooms := [part for part in inside if part in ROOMS]:
            yield f"{name} lies in a folder {rooms[0]!r} of the instructors"
        for mark in () if library else MARKS:
            if mark in text:
                yield f"{name} holds {mark!r}"
        if name.endswith(".ipynb"):
            yield from _of_notebook(name, text, secret)


def _of_notebook(name: str, text: str, secret: frozenset[str]) -> Iterator[str]:
    for number, cell in enumerate(json.loads(text)["cells"]):
        if cell.get("outputs") or cell.get("execution_count"):
            yield f"{name}: cell {number} holds outputs"
        for line in "".join(cell["source"]).splitlines():
            if _squeezed(line) in secret:
                yield f"{name}: cell {number} holds a line of the instructors': {line.strip()!r}"


def secret_lines(source: AssignmentSource) -> frozenset[str]:
    """Lines, without blanks, of solutions, judge and bank that students are not given anyway."""
    outside = [_REGION.sub("", cell.source) for cell in source.cells] + [CODE_STUB, ANSWER_STUB]
    regions = [region for cell in source.cells for region in _REGION.findall(cell.source)]
    ours = [path.read_text(encoding="utf-8") for path in _instructors_files(source.id)]
    hidden = _lines(regions, SHORTEST) | _lines(ours, SHORTEST_SECRET)
    return frozenset(hidden - _lines(outside, 0))


def _instructors_files(assignment: str) -> Iterator[Path]:
    for room in ("judge", "bank"):
        yield from (ROOT / "autograder" / room / assignment).rglob("*.py")


def _lines(texts: list[str], shortest: int) -> set[str]:
    lines = {_squeezed(line) for text in texts for line in text.splitlines()}
    return {line for line in lines if len(line) >= shortest}


def _squeezed(line: str) -> str:
    return "".join(line.split())
