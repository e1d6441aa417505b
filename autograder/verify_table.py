"""What ``verify`` prints: a row per entry as it is graded, then the rates."""

from __future__ import annotations

import argparse
import sys

from autograder.verify import BANK, Report, Row, verify
from glaucam.errors import InputError


def verify_ids(assignment: str | None, everything: bool) -> list[str]:
    """The assignments asked for."""
    if everything:
        return sorted(path.name for path in BANK.iterdir() if path.is_dir())
    if assignment is None:
        raise InputError("name an assignment to verify, or say --all")
    return [assignment]


def print_rows(id: str, asked: argparse.Namespace) -> Report:
    """Verify one assignment; rows go to stdout, or to stderr when stdout is for JSON."""
    out = sys.stderr if asked.json else sys.stdout
    for item in verify(id, asked.bank, asked.seed, asked.workers, asked.trust):
        if isinstance(item, Row):
            print(line(item), file=out, flush=True)
            continue
        print(summary(item), file=out, flush=True)
        return item
    raise RuntimeError("verify gave no report")


def line(row: Row) -> str:
    mark = "ok  " if row.ok else "BAD "
    lost = f"  lost {', '.join(row.failed)}" if row.failed else ""
    why = f"  ← {row.why}" if row.why else ""
    said = f"  [{row.misconception}]" if row.misconception else ""
    return (
        f"{mark}{row.kind:6} {row.name:34} {row.points:5.2f}/{row.max_points:.0f}{lost}{said}{why}"
    )


def summary(report: Report) -> str:
    kinds = {
        kind: sum(r.kind == kind for r in report.entries) for kind in ("wheat", "chaff", "attack")
    }
    counted = ", ".join(f"{n} {kind}s" for kind, n in kinds.items())
    return (
        f"{report.assignment}: {counted}; false accepts {report.false_accept}, "
        f"false rejects {report.false_reject}, chaffs named {report.named:.0%}"
    )
