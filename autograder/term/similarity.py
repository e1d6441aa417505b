"""Which submissions share code beyond what they were all given: a pointer, never a verdict.

Winnowing fingerprints (Schleimer, Wilkerson, Aiken 2003) of tokens, by copydetect: other names,
comments and spacing change nothing. Only what a student wrote is compared, solution cells and the
cells these need; the released notebook's code is taken out, and so is what half of the class wrote.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from copydetect import CodeFingerprint, compare_files
from copydetect.utils import get_token_coverage

from autograder.judge.assignment import Assignment
from autograder.release import student_notebook
from autograder.source import AssignmentSource
from autograder.submission import Submission, find_answers
from autograder.tables import csv_text

K = 25  # characters of tokenised code that must agree in a row; copydetect's own default
CLASS = 6  # from so many submissions on, what half of them wrote counts as common
COLUMNS = ["first", "second", "similarity", "share_of_first", "share_of_second", "shared"]


@dataclass(frozen=True)
class Pair:
    """Two students' code. ``shares``: of each one's own code that is found in the other, in [0,1].

    ``shared``: how much, in characters of tokenised code, where every name is one. ``passages``:
    for each side, the (start, end) of what is shared, in its text.
    """

    first: str
    second: str
    shared: int
    shares: tuple[float, float]
    passages: tuple[tuple[tuple[int, int], ...], tuple[tuple[int, int], ...]]

    @property
    def similarity(self) -> float:
        return max(self.shares)


def written_code(source: AssignmentSource, assignment: Assignment, submission: Submission) -> str:
    """What the student wrote of the code that grading runs, without the locked cells."""
    cells = find_answers(source, submission, assignment.names).to_run
    return "\n\n".join(cell.source for cell in cells if cell.id not in source.locked_cells)


def released_code(source: AssignmentSource) -> str:
    """All code of the notebook that students were given, stubs included."""
    cells = student_notebook(source).cells
    return "\n\n".join(cell.source for cell in cells if cell.cell_type == "code")


def fingerprint(text: str, common: Set[int] = frozenset()) -> CodeFingerprint:
    """All fingerprints of a text (a window of one), without the common ones.

    copydetect's own way to leave out boilerplate takes repeated code of a student for boilerplate
    (it assumes that no fingerprint comes twice), so they are taken out here.
    """
    made = CodeFingerprint("code.py", K, 1, fp=io.StringIO(text))
    made.hashes = made.hashes - common
    made.hash_idx = {mark: at for mark, at in made.hash_idx.items() if mark not in common}
    made.token_coverage = get_token_coverage(made.hash_idx, K, len(made.filtered_code))
    return made


def common_fingerprints(texts: Iterable[str], released: str) -> set[int]:
    """What the release holds, and what more than half of a class wrote."""
    common = set(fingerprint(released).hashes)
    prints = [fingerprint(text).hashes for text in texts]
    if len(prints) >= CLASS:
        found = Counter(mark for marks in prints for mark in marks)
        common |= {mark for mark, n in found.items() if n > len(prints) / 2}
    return common


def pairs(texts: Mapping[str, str], released: str, least: float = 0.0) -> list[Pair]:
    """Every pair of students that shares something, the most alike first."""
    common = common_fingerprints(texts.values(), released)
    prints = {student: fingerprint(text, common) for student, text in texts.items()}
    found = [_compare(a, b, prints) for a, b in combinations(sorted(texts), 2)]
    alike = [pair for pair in found if pair.shared and pair.similarity >= least]
    return sorted(alike, key=lambda pair: (-pair.similarity, pair.first, pair.second))


def _compare(first: str, second: str, prints: Mapping[str, CodeFingerprint]) -> Pair:
    a, b = prints[first], prints[second]
    if not len(a.hashes) or not len(b.hashes):
        return Pair(first, second, 0, (0.0, 0.0), ((), ()))
    shared, shares, slices = compare_files(a, b)
    one, two = (min(1.0, round(float(share), 4)) for share in shares)
    return Pair(first, second, int(shared), (one, two), (_spans(slices[0]), _spans(slices[1])))


def _spans(slices: np.ndarray) -> tuple[tuple[int, int], ...]:
    return tuple((int(start), int(end)) for start, end in zip(*slices, strict=True))


def as_csv(found: Sequence[Pair]) -> str:
    return csv_text(COLUMNS, (_cells(pair) for pair in found))


def _cells(pair: Pair) -> list[str]:
    numbers = (pair.similarity, *pair.shares)
    return [pair.first, pair.second, *(f"{n:.2f}" for n in numbers), str(pair.shared)]
