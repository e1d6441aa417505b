"""The words of the term's commands on the command line."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from autograder.export import FORMATS, PUBLISHED, VISIBILITIES


def add_commands(commands: Any) -> None:
    """Add every command of the term to the program's own."""
    _release(commands.add_parser("release", help="the students' bundle of an assignment"))
    _regrade(commands.add_parser("regrade", help="judge again after a fix, and see who changes"))
    _feedback(commands.add_parser("feedback", help="feedback pages with a person's points"))
    _status(commands.add_parser("status", help="who handed in, is judged, waits, is late"))
    _export(commands.add_parser("export", help="marks for Canvas, Moodle, Gradescope, or as CSV"))
    _items(commands.add_parser("items", help="how each check worked: pass rate, discrimination"))
    _similarity(commands.add_parser("similarity", help="which submissions share code"))
    _names(commands.add_parser("names", help="pseudonyms: make a key, turn them back"))


def _folder(command: argparse.ArgumentParser, *names: str) -> None:
    said = {"--submitted": "nbgrader's folder of hand-ins", "--out": "the folder of a run of grade"}
    for name in names:
        command.add_argument(name, type=Path, required=True, metavar="DIR", help=said[name])


def _json(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="results on stdout as JSON")


def _book(command: argparse.ArgumentParser) -> None:
    command.add_argument("--db", metavar="URL", help="gradebook; SQLite in --out by default")
    command.add_argument("--late", type=Path, metavar="FILE", help="late policy, kept in --out")


def _anonymous(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--anonymous", type=Path, metavar="KEY", help="students under pseudonyms, by this key file"
    )


def _release(command: argparse.ArgumentParser) -> None:
    command.add_argument("assignment")
    command.add_argument("--to", type=Path, required=True, metavar="DIR|ZIP")
    command.add_argument("--without-library", action="store_true", help="students have glaucam")
    _json(command)


def _regrade(command: argparse.ArgumentParser) -> None:
    command.add_argument("assignment")
    _folder(command, "--submitted", "--out")
    command.add_argument("--apply", action="store_true", help="make it so; old results are kept")
    command.add_argument("--seed", type=int, help="the run's own by default")
    command.add_argument("--workers", type=int, default=2, metavar="N")
    command.add_argument("--trust", action="store_true", help="no jail: runs code as you")
    command.add_argument("--db", metavar="URL", help="gradebook; SQLite in --out by default")
    _anonymous(command)
    _json(command)


def _feedback(command: argparse.ArgumentParser) -> None:
    _folder(command, "--out")
    _book(command)
    _json(command)


def _status(command: argparse.ArgumentParser) -> None:
    _folder(command, "--submitted", "--out")
    command.add_argument("assignment", nargs="?", help="before the first run: of which one")
    command.add_argument("--roster", type=Path, metavar="FILE", help="all students, one a line")
    _book(command)
    _anonymous(command)
    _json(command)


def _export(command: argparse.ArgumentParser) -> None:
    command.add_argument("format", choices=FORMATS)
    command.add_argument("assignment", nargs="?", help="for gradescope-zip")
    command.add_argument("--out", type=Path, metavar="DIR", help="the folder of a run of grade")
    command.add_argument("--to", type=Path, required=True, metavar="FILE|DIR")
    command.add_argument("--title", help="of the column, as the other system names it")
    command.add_argument("--roster", type=Path, metavar="CSV", help="exported there, filled in")
    command.add_argument("--seed", type=int, help="for gradescope-zip; drawn by default")
    command.add_argument("--visibility", choices=VISIBILITIES, default=PUBLISHED)
    command.add_argument(
        "--reveal", type=Path, metavar="KEY", help="turn pseudonyms back; needs --submitted"
    )
    command.add_argument("--submitted", type=Path, metavar="DIR", help="with --reveal")
    _book(command)
    _anonymous(command)
    _json(command)


def _items(command: argparse.ArgumentParser) -> None:
    _folder(command, "--out")
    command.add_argument("--to", type=Path, metavar="DIR", help="default: items/ in --out")
    _json(command)


def _similarity(command: argparse.ArgumentParser) -> None:
    command.add_argument("assignment")
    _folder(command, "--submitted")
    command.add_argument("--to", type=Path, required=True, metavar="DIR")
    command.add_argument("--least", type=float, default=0.5, help="share from which a pair counts")
    command.add_argument("--most", type=int, default=30, help="pairs shown (default 30)")
    _anonymous(command)
    _json(command)


def _names(command: argparse.ArgumentParser) -> None:
    command.add_argument("--key", type=Path, required=True, metavar="FILE")
    command.add_argument("--make", action="store_true", help="write a new key to FILE")
    command.add_argument("--submitted", type=Path, metavar="DIR", help="whose names to list")
    _json(command)
