"""Keep a late policy with a run, and enter its penalties into the gradebook."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from nbgrader.api import Gradebook

from autograder.run import write_atomically
from autograder.term.late import LatePolicy, read_policy

KEPT = "late.toml"


def keep_policy(
    out: Path, given: Path | None, name_of: Callable[[str], str] | None = None
) -> LatePolicy | None:
    """The policy of a run: the given file, of which a copy stays in ``out``, else that copy.

    ``name_of``: what students are called in this run, where that is not their own name.
    """
    kept = out / KEPT
    if given is None:
        return read_policy(kept) if kept.is_file() else None
    policy = read_policy(given)
    if name_of is not None:
        policy = policy.renamed(name_of)
    write_atomically(kept, policy.as_toml())
    return policy


def settle(policy: LatePolicy | None, db_url: str, assignment: str) -> list[str]:
    """Enter due times, extensions and penalties; what a person's points changed is counted anew.

    Without a policy the gradebook stays as it is. Returns the students with an extension that the
    gradebook does not know: names to be looked at, they may be misspelt.
    """
    if policy is None:
        return []
    with Gradebook(db_url) as gradebook:
        of_all = gradebook.find_assignment(assignment)
        of_all.duedate = _naive(policy.due)
        for submission in of_all.submissions:
            student, when = submission.student.id, submission.timestamp
            submission.extension = policy.due_for(student) - policy.due
            aware = when.replace(tzinfo=UTC) if when else None
            for notebook in submission.notebooks:
                penalty = policy.penalty(student, aware, notebook.score)
                notebook.late_submission_penalty = penalty or None
        known = {submission.student.id for submission in of_all.submissions}
        gradebook.db.commit()
    return sorted(set(policy.extensions) - known)


def _naive(when: datetime) -> datetime:
    """As nbgrader's tables keep times: UTC, without saying so."""
    return when.astimezone(UTC).replace(tzinfo=None)
