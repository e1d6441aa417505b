"""Grade the grader: every entry of a bank through the real pipeline, against what it must score."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from autograder.crew import Done, Job, judge_all
from autograder.judge.check import PASSED
from autograder.release import student_notebook
from autograder.source import AssignmentSource, grade_id, parse, read_source
from autograder.submission import Submission, SubmittedCell
from glaucam.errors import InputError

BANK = Path(__file__).parent / "bank"
KINDS = ("wheat", "chaff", "attack")
BASELINES = ("empty", "solution")


@dataclass(frozen=True)
class Entry:
    """One file of a bank. ``fails``: check ids or prefixes; ``on``: where an attack is planted."""

    name: str
    kind: str
    about: str
    cells: AssignmentSource
    fails: tuple[str, ...] = ()
    says: str = ""
    on: str = "solution"


@dataclass(frozen=True)
class Row:
    """What became of one entry."""

    name: str
    kind: str
    points: float
    max_points: float
    failed: list[str]
    misconception: str
    ok: bool
    why: str = ""


@dataclass(frozen=True)
class Report:
    """The rates of a bank: counts of false accepts and rejects, the share of chaffs named."""

    assignment: str
    false_accept: int
    false_reject: int
    named: float
    entries: list[Row]

    @property
    def ok(self) -> bool:
        return all(row.ok for row in self.entries)

    def to_dict(self) -> dict[str, object]:
        return asdict(self)


def read_bank(folder: Path) -> list[Entry]:
    """All entries of a bank (``wheat/``, ``chaff/``, ``attack/``), by kind and name."""
    entries = [
        read_entry(path, kind) for kind in KINDS for path in sorted((folder / kind).glob("*.py"))
    ]
    if not entries:
        raise InputError(f"{folder}: no bank entries; expected wheat/, chaff/ or attack/ with *.py")
    return entries


def read_entry(path: Path, kind: str) -> Entry:
    """Read one entry and its header comments; InputError names the file and what is missing."""
    cells = parse(path.read_text(encoding="utf-8"), id=path.stem, where=str(path), regions=False)
    heads = dict(re.split(r":\s*", line, maxsplit=1) for line in cells.header if ":" in line)
    if kind not in heads:
        raise InputError(f"{path}: the first comment must be '# {kind}: <what it is>'")
    fails = tuple(part.strip() for part in heads.get("fails", "").split(",") if part.strip())
    if kind == "chaff" and not fails:
        raise InputError(f"{path}: a chaff needs '# fails: <check>[, <check>…]'")
    on = heads.get("on", "solution").strip()
    if on not in BASELINES:
        raise InputError(f"{path}: 'on' is {on!r}, expected empty or solution")
    return Entry(path.stem, kind, heads[kind], cells, fails, heads.get("says", "").strip(), on)


def planted(source: AssignmentSource, entry: Entry | None, on: str = "solution") -> Submission:
    """The solved or empty notebook with an entry's cells in their places; other cells go before."""
    texts = {c.id: c.source for c in source.cells if c.kind == "solution"}
    if on == "empty":
        texts = {
            c.metadata.nbgrader.grade_id.replace("-", "."): c.source
            for c in student_notebook(source).cells
            if c.metadata.get("nbgrader", {}).get("solution")
        }
    before: dict[str, list[str]] = {}
    waiting: list[str] = []
    for cell in entry.cells.cells if entry else ():
        if cell.kind != "solution":
            waiting.append(cell.source)
            continue
        if cell.id not in texts:
            raise InputError(f"{entry.name}: there is no solution cell {cell.id!r} to replace")
        texts[cell.id] = cell.source
        before[cell.id], waiting = waiting, []
    first = next(iter(texts))
    before[first] = [*waiting, *before.get(first, [])]
    return Submission(tuple(_laid_out(source, texts, before)))


def _laid_out(
    source: AssignmentSource, texts: dict[str, str], before: dict[str, list[str]]
) -> Iterator[SubmittedCell]:
    for cell in source.cells:
        for extra in before.get(cell.id or "", []) if cell.kind == "solution" else []:
            yield SubmittedCell("code", extra, None)
        text = texts[cell.id] if cell.kind == "solution" else cell.source
        yield SubmittedCell(cell.cell_type, text, grade_id(cell.id) if cell.id else None)


def verify(
    assignment_id: str,
    bank: Path | None = None,
    seed: int = 0,
    workers: int = 2,
    trust: bool = False,
) -> Iterator[Row | Report]:
    """Yield a row per entry as it is graded, then the report with the rows in the bank's order."""
    source = read_source(assignment_id)
    entries = {f"{e.kind}/{e.name}": e for e in read_bank(bank or BANK / assignment_id)}
    jobs = [Job(on, planted(source, None, on)) for on in BASELINES]
    jobs += [Job(key, planted(source, e, e.on)) for key, e in entries.items()]
    base: dict[str, float] = {}
    waiting: list[Done] = []
    rows: dict[str, Row] = {}
    for done in judge_all(assignment_id, jobs, seed, trust, workers):
        if done.key in BASELINES:
            base[done.key] = done.judgement.total(source.points)
        else:
            waiting.append(done)
        if len(base) == len(BASELINES):
            for ready in waiting:
                rows[ready.key] = judged(entries[ready.key], ready, source, base)
                yield rows[ready.key]
            waiting = []
    yield report(assignment_id, entries, [rows[key] for key in entries])


def judged(entry: Entry, done: Done, source: AssignmentSource, base: dict[str, float]) -> Row:
    """Hold one result against what the entry must score."""
    verdicts, points = done.judgement.verdicts, done.judgement.total(source.points)
    lost = [id for id, v in verdicts.items() if v.outcome != PASSED]
    named = [verdicts[id].misconception for id in lost if verdicts[id].misconception]
    said = entry.says if entry.says in named else next(iter(named), "")
    why = complaint(entry, lost, said, points, base)
    most = sum(source.points[id] for id in verdicts)
    return Row(entry.name, entry.kind, points, most, lost, said, not why, why)


def complaint(
    entry: Entry, lost: list[str], said: str, points: float, base: dict[str, float]
) -> str:
    """What breaks the expectation, or ""."""
    if entry.kind == "wheat":
        return "a right answer lost points" if lost else ""
    if entry.kind == "attack":
        return "" if points <= base[entry.on] else f"gained: {points} over {base[entry.on]}"
    if missed := [f for f in entry.fails if not any(covers(f, id) for id in lost)]:
        return f"passed {', '.join(missed)}"
    if outside := [id for id in lost if not any(covers(f, id) for f in entry.fails)]:
        return f"also lost {', '.join(outside)}"
    return f"called {said or 'nothing'}, not {entry.says}" if entry.says not in ("", said) else ""


def covers(pattern: str, id: str) -> bool:
    """Whether a ``fails:`` entry, a check id or a prefix of one, stands for this check."""
    return id == pattern or id.startswith(pattern + ".")


def report(assignment_id: str, entries: dict[str, Entry], rows: list[Row]) -> Report:
    """Rates over all rows. A chaff is falsely accepted where a check it must fail passes."""
    chaffs = [row for row in rows if row.kind == "chaff"]
    accepted = [r for r in rows if r.why.startswith(("passed", "gained"))]
    rejected = [r for r in rows if r.why.startswith(("a right", "also lost"))]
    named = [
        row
        for row in chaffs
        if row.misconception == (entries[f"chaff/{row.name}"].says or row.misconception)
        and row.misconception not in ("", "unknown")
    ]
    share = round(len(named) / len(chaffs), 4) if chaffs else 1.0
    return Report(assignment_id, len(accepted), len(rejected), share, rows)
