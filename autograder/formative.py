"""``check_notebook``: the practice checks of a notebook, in the jail, for whoever hosts the page.

They decide nothing, so they may run beside the student's code; what comes back is words, bounded.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import logging
import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from autograder.jail.canary import prove
from autograder.jail.kernel import Jail, JailBroken, KernelLost
from autograder.jail.limits import Limits
from autograder.jail.process import Walls
from autograder.jail.walls import open_walls
from autograder.judge.assignment import Assignment, judged_assignments, load_assignment
from autograder.judge.bench import Bench, Fault
from autograder.names import names_of
from autograder.pipeline import legible
from autograder.source import ROOT, AssignmentSource, SourceCell, read_source
from autograder.submission import MALFORMED, Submission, Unreadable, find_answers, read_submission
from autograder.trust import refusal
from autograder.withheld import leaning
from glaucam.checks.base import FAILED, NOT_CHECKABLE, PASSED, Outcome
from glaucam.errors import InputError

SECONDS = 120.0  # for one notebook, whatever it spends them on
PROBES = Path(__file__).with_name("formative_probes.py")
STATUSES = (PASSED, FAILED, NOT_CHECKABLE)
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Report:
    """What the checks found, and the receipt: which file, its SHA-256, when, for how long."""

    assignment: str
    file: str
    sha256: str
    time: str
    seconds: float
    outcomes: tuple[Outcome, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON: the receipt's fields, and a row per check."""
        receipt = asdict(self)
        return {**receipt, "outcomes": [asdict(outcome) for outcome in self.outcomes]}


def student_notebooks() -> dict[str, Path]:
    """Assignment → its built notebook, for those that have a judge."""
    paths = {id: ROOT / "assignments" / id / f"{id}.ipynb" for id in judged_assignments()}
    return {id: path for id, path in paths.items() if path.is_file()}


def why_off() -> str:
    """Why no notebook can be checked on this machine, or "" where one can."""
    bwrap = shutil.which("bwrap")
    if bwrap is None:
        return "there is no bubblewrap on this machine (Debian, Ubuntu: apt-get install bubblewrap)"
    complaint = refusal(bwrap)
    return f"bubblewrap may not build a jail on this machine ({complaint})" if complaint else ""


def check_notebook(id: str, path: str | Path, seconds: float = SECONDS) -> Report:
    """Run the practice checks of assignment ``id`` on the notebook at ``path``, in the jail.

    Raises InputError: no jail here, an unknown assignment, or a file that is no notebook of it.
    """
    if reason := why_off():
        raise InputError(f"notebooks cannot be checked here: {reason}")
    began, at = time.monotonic(), datetime.now(UTC)
    source, assignment, path = read_source(id), load_assignment(id), Path(path)
    refuse_foreign_file(path)
    submission = read_submission(path)
    refuse_foreign_notebook(path.name, source, assignment, submission)
    with contextlib.closing(open_walls(frozenset())) as walls:  # nothing is withheld: no answer is
        refuse_broken_walls(walls, assignment.limits)
        kernels = Kernels(walls, assignment.limits, seconds)
        outcomes = tuple(examine(source, assignment, submission, kernels))
    return Report(
        assignment=id,
        file=legible(path.name, 120),
        sha256=submission.digest,
        time=at.isoformat(timespec="seconds"),
        seconds=round(time.monotonic() - began, 1),
        outcomes=outcomes,
    )


def refuse_broken_walls(walls: Walls, limits: Limits) -> None:
    """InputError where a canary gets out of them; what it found goes into the log."""
    try:
        prove(walls, limits)
    except JailBroken as broken:
        log.error("no notebook was run: %s", broken)
        why = "the jail here did not pass its own test; whoever runs this page finds it in the log"
        raise InputError(f"notebooks cannot be checked here: {why}") from broken


class Kernels:
    """Gives out kernels until the seconds of one notebook are used up, however many it breaks."""

    def __init__(self, walls: Walls, limits: Limits, seconds: float) -> None:
        self._walls, self._limits, self._seconds = walls, limits, seconds
        self._deadline = time.monotonic() + seconds

    def take(self) -> Jail:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise KernelLost(f"the {self._seconds:.0f} s that one notebook may take were used up")
        return Jail(self._walls, replace(self._limits, notebook_seconds=left)).start()


def examine(
    source: AssignmentSource, assignment: Assignment, submission: Submission, kernels: Kernels
) -> Iterator[Outcome]:
    """One outcome per check cell of the released notebook, in its order."""
    answers = find_answers(source, submission, assignment.names)
    probes, titles = assignment.probes + PROBES.read_text(), check_titles(assignment.id)
    absent = leaning(answers.to_run, assignment)
    with Bench(
        kernels.take, answers.to_run, assignment.names, probes, assignment.recognise
    ) as bench:
        for cell in source.cells:
            if cell.kind == "check" and cell.id in assignment.checks:
                lost = Outcome(cell.id, FAILED, titles.get(cell.id, ""))
                outcome = outcome_of(cell, lost, assignment, bench)
                fault = absent.get(assignment.names[assignment.checks[cell.id].needs])
                yield held_back(outcome, fault) if fault else outcome


def held_back(outcome: Outcome, fault: Fault) -> Outcome:
    """An answer that leans on what is absent when graded: no pass, whatever it does here."""
    if outcome.status != PASSED:
        return outcome
    why = f"Right here, but not when it is graded. {legible(fault.message, 1100)}"
    return replace(outcome, status=FAILED, rationale=why, misconception=fault.misconception)


def check_titles(id: str) -> dict[str, str]:
    """Check id → what the student reads above it, from the module of practice checks."""
    module = importlib.import_module(f"glaucam.checks.{id}")
    checks = [value for value in vars(module).values() if hasattr(value, "check_id")]
    return {check.check_id: (check.__doc__ or "").split("\n")[0] for check in checks}


def outcome_of(cell: SourceCell, lost: Outcome, assignment: Assignment, bench: Bench) -> Outcome:
    """Run one check cell; whatever goes wrong on the way is told in ``lost``."""
    try:
        if (fault := bench.missing(assignment.checks[lost.check].needs)) is not None:
            raise fault
        request = {"module": f"glaucam.checks.{assignment.id}", "source": cell.source}
        return believed(bench.call("formative", request).value, lost)
    except Fault as fault:
        return replace(lost, rationale=legible(fault.message, 1200))
    except KernelLost as gone:
        return replace(lost, rationale=f"This could not be finished: {legible(str(gone))}.")
    except JailBroken:
        log.exception("the jail did not start")
        why = "The jail did not start; try again in a minute."
        return replace(lost, status=NOT_CHECKABLE, rationale=why)


def believed(value: object, lost: Outcome) -> Outcome:
    """An Outcome from what came out of the jail: known statuses, short text, nothing else."""
    found = value if isinstance(value, Mapping) else {}
    status = found.get("status")
    if status not in STATUSES:
        return replace(lost, rationale="Your code disturbed the check: it gave no outcome.")
    text = {key: legible(str(found.get(key, "")), 1200) for key in ("title", "rationale", "help")}
    misconception = legible(str(found.get("misconception", "")), 80) or None
    return replace(lost, status=status, misconception=misconception, **text)


def refuse_foreign_file(path: Path) -> None:
    """Unreadable for what is plainly no Python notebook: another suffix, another language."""
    if path.suffix.lower() != ".ipynb":
        raise Unreadable(f"{path.name} is no notebook; expected the .ipynb file itself")
    language = notebook_language(path)
    if language and not language.lower().startswith(("python", "ipython")):
        raise Unreadable(
            f"{path.name} is a notebook for {legible(language, 40)}, expected Python: "
            "choose a Python kernel and save it again"
        )


def notebook_language(path: Path) -> str:
    """What its metadata says, or "": the reader of submissions tells what is wrong with it."""
    try:
        metadata = json.loads(path.read_bytes())["metadata"]
        told = metadata.get("language_info", {}).get("name")
        return str(told or metadata.get("kernelspec", {}).get("language") or "")
    except (*MALFORMED, OSError):
        return ""


def refuse_foreign_notebook(
    name: str, source: AssignmentSource, assignment: Assignment, submission: Submission
) -> None:
    """Unreadable for a notebook that has no cell and defines no name of this assignment."""
    claims = {cell.claims for cell in submission.cells}
    if claims & set(source.solution_cells) or defines(submission, assignment):
        return
    others = [id for id in student_notebooks() if id != assignment.id]
    like = [id for id in others if defines(submission, load_assignment(id))]
    hint = f"; it looks like {like[0]}" if like else ""
    raise Unreadable(
        f"{name} defines none of {', '.join(assignment.names)}, which {assignment.id} asks for"
        f"{hint}: choose the right assignment or notebook"
    )


def defines(submission: Submission, assignment: Assignment) -> bool:
    """Whether any cell binds a name that the assignment asks for."""
    code = (cell.source for cell in submission.cells if cell.cell_type == "code")
    return any(names_of(text).defined & set(assignment.names) for text in code)
