"""``python -m autograder …``: README.md and TERM.md beside this file say what for."""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from autograder.errors import Unfinished
from autograder.jail.kernel import JailBroken
from autograder.jail.process import Walls
from autograder.term.arguments import add_commands
from autograder.term.asked import key_of, settle_late
from autograder.term.commands import RUN
from glaucam.errors import GlaucamError

JUDGES = Path(__file__).parent / "judge"


class _Parser(argparse.ArgumentParser):
    """argparse that answers a mistake with one line instead of the whole usage."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}; see `{self.prog} --help`\n")


def parser() -> argparse.ArgumentParser:
    top = _Parser(prog="python -m autograder", description=__doc__)
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    build = commands.add_parser("build", help="build assignments/ and lessons/ from their sources")
    build.add_argument("ids", nargs="*", metavar="ID", help="of assignments or lessons (all)")
    build.add_argument("--check", action="store_true", help="write nothing; exit 1 if stale")
    grade = commands.add_parser("grade", help="grade a folder of submissions")
    grade.add_argument("assignment")
    grade.add_argument("--submitted", type=Path, required=True, metavar="DIR")
    grade.add_argument("--out", type=Path, required=True, metavar="DIR")
    grade.add_argument("--db", metavar="URL", help="gradebook; SQLite in --out by default")
    grade.add_argument("--scheduler", metavar="URL", help="an existing Dask scheduler, tls://…")
    grade.add_argument("--seed", type=int, help="drawn once and kept in run.json by default")
    grade.add_argument(
        "--late", type=Path, metavar="FILE", help="late policy (TOML), kept in --out"
    )
    grade.add_argument(
        "--anonymous", type=Path, metavar="KEY", help="students under pseudonyms, by this key file"
    )
    verify = commands.add_parser("verify", help="grade a bank of right and wrong answers")
    verify.add_argument("assignment", nargs="?")
    verify.add_argument("--all", action="store_true", help="every assignment that has a bank")
    verify.add_argument("--bank", type=Path, metavar="DIR", help="a bank from outside")
    verify.add_argument("--seed", type=int, default=0)
    attacks = commands.add_parser("attacks", help="list every attack that is tried on the grader")
    attacks.add_argument("--json", action="store_true", help="the list on stdout as JSON")
    for command in (grade, verify):
        command.add_argument("--workers", type=int, default=2, metavar="N")
        command.add_argument("--trust", action="store_true", help="no jail: runs code as you")
        command.add_argument("--json", action="store_true", help="results on stdout as JSON")
    add_commands(commands)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command: 0 done, 1 our fault or a broken expectation, 2 the input is wrong."""
    asked = parser().parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        return COMMANDS[asked.command](asked)
    except (GlaucamError, JailBroken) as error:
        print(f"autograder: {' '.join(str(error).split())}", file=sys.stderr)
        return 1 if isinstance(error, Unfinished) else 2


def run_build(asked: argparse.Namespace) -> int:
    from autograder.build import build

    return build(asked.ids, asked.check)


def run_grade(asked: argparse.Namespace) -> int:
    from autograder.term.late import read_policy
    from autograder.trust import require_walls

    require_walls(asked.trust)
    if asked.late:
        read_policy(asked.late)  # what is wrong with it is told before the night is over
    with walls_begun(asked) as walls:
        from autograder.grade import grade, table

        result = grade(
            asked.assignment,
            asked.submitted,
            asked.out,
            seed=asked.seed,
            workers=asked.workers,
            trust=asked.trust,
            db_url=asked.db,
            scheduler=asked.scheduler,
            key=key_of(asked.anonymous),
            walls=walls,
        )
    if settle_late(asked, asked.assignment):
        from autograder.term.feedback import rebuild

        list(rebuild(asked.out, asked.assignment, asked.db))  # pages were made without penalties
    print(json.dumps(result.to_dict(), indent=1) if asked.json else table(result))
    return 0


@contextmanager
def walls_begun(asked: argparse.Namespace) -> Iterator[Walls | None]:
    """Walls that get ready while the judge is imported, where this process itself judges."""
    from autograder.jail.walls import begin_walls

    alone = asked.workers == 1 and asked.scheduler is None
    walls = begin_walls(JUDGES / asked.assignment, asked.trust) if alone else None
    try:
        yield walls
    finally:
        if walls is not None:
            walls.close()


def run_verify(asked: argparse.Namespace) -> int:
    from autograder.trust import require_walls
    from autograder.verify_table import print_rows, verify_ids

    require_walls(asked.trust)
    ids = verify_ids(asked.assignment, asked.all)
    reports = {id: print_rows(id, asked) for id in ids}
    if asked.json:
        data = {id: report.to_dict() for id, report in reports.items()}
        print(json.dumps(data if asked.all else data[ids[0]], indent=1))
    return 0 if all(report.ok for report in reports.values()) else 1


def run_attacks(asked: argparse.Namespace) -> int:
    from autograder.attacks import as_json, as_table

    print(json.dumps(as_json(), indent=1) if asked.json else as_table())
    return 0


COMMANDS = {
    "build": run_build,
    "grade": run_grade,
    "verify": run_verify,
    "attacks": run_attacks,
    **RUN,
}

if __name__ == "__main__":
    sys.exit(main())
