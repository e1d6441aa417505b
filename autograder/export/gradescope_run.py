"""What ``run_autograder`` calls in Gradescope's container: judge one submission, write results.

Layout: gradescope-autograders.readthedocs.io, "Autograder Specifications", File hierarchy. The
judge is that of ``grade``; the walls are weaker (jail/other_user.py), and the results say so. If
anything of ours fails there is no ``results.json``: Gradescope then reports a failure of the
autograder, and nobody gets a zero for it.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from autograder.export.gradescope import results
from autograder.jail.kernel import JailBroken
from autograder.jail.other_user import OtherUser
from autograder.jail.packages import site_packages
from autograder.judge.assignment import load_assignment
from autograder.judge.check import NOT_CHECKABLE
from autograder.pipeline import Judgement, judge, open_jails, unreadable
from autograder.source import AssignmentSource, read_source
from autograder.submission import Unreadable, find_notebook, read_submission
from autograder.term.graded import Row

SETTINGS = "assignment.json"  # in source/: assignment, seed, visibility
LABEL = (
    "Judged with weaker isolation than the course's own grader has: another user id and limits, "
    "but no namespaces (autograder/THREATS.md)."
)


def main(root: Path) -> int:
    """Judge ``root``/submission into ``root``/results/results.json."""
    settings = json.loads((root / "source" / SETTINGS).read_text(encoding="utf-8"))
    target = root / "results" / "results.json"
    target.unlink(missing_ok=True)
    source = read_source(settings["assignment"])
    with closing(OtherUser(load_assignment(source.id).withheld)) as walls:
        shut_away(walls, root)
        judgement = judged(source, root / "submission", settings["seed"], walls)
    rows = list(as_rows(source, judgement))
    extra = {
        "isolation": walls.name,
        "installed_though_withheld": installed_though_withheld(source),
    }
    made = results(rows, spoken(judgement), settings["visibility"], extra)
    target.write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
    print(f"{source.id}: {judgement.total(source.points):g} points; {LABEL}")
    return 0


def shut_away(walls: OtherUser, root: Path) -> None:
    """Make judge, results and metadata root's alone; JailBroken where a kernel could still read."""
    private = [root / "source", root / "results", root / "submission_metadata.json"]
    for path in (p for p in private if p.exists()):
        path.chmod(0o700 if path.is_dir() else 0o600)
        if not walls.hides(path):
            raise JailBroken(f"{path} can be read by the student's code")


def judged(source: AssignmentSource, submission: Path, seed: int, walls: OtherUser) -> Judgement:
    """The judgement of the notebook in a folder."""
    assignment = load_assignment(source.id)
    try:
        cells = read_submission(find_notebook(submission, source.id))
    except Unreadable as error:
        return unreadable(source, assignment, str(error))
    with open_jails(assignment, seed=seed, ahead=False, walls=walls) as jails:
        judgement, _answers = judge(source, assignment, cells, seed, jails)
    return judgement


def as_rows(source: AssignmentSource, judgement: Judgement) -> Iterator[Row]:
    for id, verdict in judgement.verdicts.items():
        points = judgement.points(id, source.points)
        named = (verdict.outcome, verdict.misconception, verdict.message)
        yield Row("", id, points, source.points[id], *named)


def spoken(judgement: Judgement) -> str:
    """What stands above the checks."""
    open_checks = [id for id, v in judgement.verdicts.items() if v.outcome == NOT_CHECKABLE]
    notes = [judgement.note] if judgement.note else []
    if open_checks:
        notes.append(f"Not checked, by a fault of the grader: {', '.join(open_checks)}; ask staff.")
    return " ".join([*notes, LABEL])


def installed_though_withheld(source: AssignmentSource) -> list[str]:
    """Packages that hold an answer and lie where a kernel could read them; none after setup.sh."""
    held = sorted(load_assignment(source.id).withheld)
    return [name for name in held if "." not in name and (site_packages() / name).exists()]


if __name__ == "__main__":
    try:
        sys.exit(main(Path(os.environ.get("AUTOGRADER_ROOT", "/autograder"))))
    except JailBroken as broken:
        print(f"autograder: nothing was judged: {broken}", file=sys.stderr)
        sys.exit(1)
