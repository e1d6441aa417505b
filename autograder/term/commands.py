"""The term's commands: from arguments to results, printed for people or as JSON."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from autograder.export.command import run_export
from autograder.run import write_atomically
from autograder.term.asked import key_of, say, settle_late, students_in
from glaucam.errors import InputError


def run_release(asked: argparse.Namespace) -> int:
    from autograder.term.bundle import write_bundle

    files = write_bundle(asked.assignment, asked.to, not asked.without_library)
    size = sum(map(len, files.values()))
    data = {"to": str(asked.to), "files": sorted(files), "bytes": size}
    return say(asked, data, f"{asked.to}: {len(files)} files, {size >> 10} KB, no leak found")


def run_regrade(asked: argparse.Namespace) -> int:
    from autograder.term.changes import by_student, in_words
    from autograder.term.regrade import apply, open_regrade, preview
    from autograder.trust import require_walls

    require_walls(asked.trust)
    how = {"workers": asked.workers, "trust": asked.trust, "db_url": asked.db}
    key = key_of(asked.anonymous)
    regrade = open_regrade(asked.assignment, asked.submitted, asked.out, asked.seed, key=key, **how)
    found = preview(regrade)
    kept = apply(regrade, found) if asked.apply else None
    data = {
        "assignment": asked.assignment,
        "seed": regrade.seed,
        "applied": asked.apply,
        "old_results": str(kept) if kept else None,
        "students": by_student(found),
        "changes": [change.to_dict() for change in found],
    }
    end = f"applied; the old results are in {kept}" if kept else "nothing was written: --apply does"
    return say(asked, data, f"{in_words(found)}\n{end}")


def run_feedback(asked: argparse.Namespace) -> int:
    from autograder.term.feedback import rebuild
    from autograder.term.graded import read_graded

    graded = read_graded(asked.out)
    settle_late(asked, graded.assignment)
    students = list(rebuild(asked.out, graded.assignment, asked.db))
    data = {"assignment": graded.assignment, "students": students}
    return say(asked, data, f"{len(students)} pages in {asked.out / 'feedback'}")


def run_items(asked: argparse.Namespace) -> int:
    from autograder.term.graded import read_graded, read_times
    from autograder.term.items import as_csv, in_words, item_analysis, misconceptions
    from autograder.term.items_chart import draw_items

    graded = read_graded(asked.out)
    items = item_analysis(graded, read_times(graded))
    to = asked.to or asked.out / "items"
    write_atomically(to / "items.csv", as_csv(items))
    draw_items(items, to / "items.png")
    data = {
        "assignment": graded.assignment,
        "submissions": len(graded.students),
        "seconds": graded.seconds,
        "items": [item.to_dict() for item in items],
        "misconceptions": misconceptions(items),
    }
    return say(asked, data, f"{in_words(items)}\nitems.csv and items.png in {to}")


def run_similarity(asked: argparse.Namespace) -> int:
    from autograder.grade import find_submissions, under_pseudonyms
    from autograder.judge.assignment import load_assignment
    from autograder.source import read_source
    from autograder.term.similarity import as_csv, pairs, released_code, written_code
    from autograder.term.similarity_page import page

    if not 0 <= asked.least <= 1:
        raise InputError(f"--least is {asked.least:g}; expected a share from 0 to 1")
    source, assignment = read_source(asked.assignment), load_assignment(asked.assignment)
    handed = list(find_submissions(asked.submitted, source.id))
    if (key := key_of(asked.anonymous)) is not None:
        handed = under_pseudonyms(handed, key)
    texts = {
        h.student: written_code(source, assignment, h.submission) for h in handed if h.submission
    }
    found = pairs(texts, released_code(source), asked.least)[: asked.most]
    write_atomically(asked.to / "similarity.csv", as_csv(found))
    title = f"{source.id}: shared code"
    write_atomically(asked.to / "similarity.html", page(title, found, texts, len(texts)))
    rows = [{"first": p.first, "second": p.second, "shares": p.shares} for p in found]
    words = [f"{p.first:20} {p.second:20} {p.shares[0]:5.0%} {p.shares[1]:5.0%}" for p in found]
    end = f"{len(found)} pairs of {len(texts)} submissions; a pointer, not a verdict: {asked.to}"
    data = {"assignment": source.id, "compared": len(texts), "pairs": rows}
    return say(asked, data, "\n".join([*words, end]))


def run_names(asked: argparse.Namespace) -> int:
    from autograder.tables import csv_text
    from autograder.term.pseudonyms import make_key, read_key

    if asked.make:
        make_key(asked.key)
    key = read_key(asked.key)
    if asked.submitted is None:
        return say(asked, {"key": key.fingerprint}, f"{asked.key}: key {key.fingerprint}")
    names = key.names(students_in(asked.submitted))
    return say(asked, names, csv_text(["pseudonym", "student"], sorted(names.items())).rstrip())


def run_status(asked: argparse.Namespace) -> int:
    from autograder.grade import find_submissions, under_pseudonyms
    from autograder.term.book import db_url_of, read_book
    from autograder.term.late import read_policy
    from autograder.term.penalties import keep_policy
    from autograder.term.roster import read_roster
    from autograder.term.status import counts, in_words, status

    assignment, begun = assignment_of(asked)
    key = key_of(asked.anonymous)
    handed = list(find_submissions(asked.submitted, assignment))
    handed = under_pseudonyms(handed, key) if key else handed
    roster = read_roster(asked.roster) if asked.roster else []
    if begun:
        settle_late(asked, assignment)
    policy = keep_policy(asked.out, None) if begun or not asked.late else read_policy(asked.late)
    standings = read_book(db_url_of(asked.out, asked.db), assignment) if begun else []
    names = [key.pseudonym(name) for name in roster] if key else roster
    lines = status(handed, asked.out, assignment, standings, policy, names)
    data = {"counts": counts(lines), "students": [line.to_dict() for line in lines]}
    return say(asked, data, in_words(lines))


def assignment_of(asked: argparse.Namespace) -> tuple[str, bool]:
    """Which assignment, and whether it was graded: before that there is no gradebook to ask."""
    from autograder.term.graded import read_graded

    if (asked.out / "grades.csv").is_file() or asked.assignment is None:
        return read_graded(asked.out).assignment, True
    return asked.assignment, False


RUN: dict[str, Callable[[argparse.Namespace], int]] = {
    "release": run_release,
    "regrade": run_regrade,
    "feedback": run_feedback,
    "status": run_status,
    "export": run_export,
    "items": run_items,
    "similarity": run_similarity,
    "names": run_names,
}
