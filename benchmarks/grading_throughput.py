"""What grading one a3 notebook costs, beside plain ``nbgrader autograde`` on the same notebooks.

    python benchmarks/grading_throughput.py [--json] [--submissions N] [--workers N…]
                                            [--baseline N] [--rounds N]

Every notebook is another one: right and wrong answers of the bank in turn, in many styles, each
with a line of its own. They hold the locked cell, the four answers and the formative checks, and
nothing that only explains or draws, so that what nbgrader executes is comparable to what our judge
asks.

nbgrader takes one after the other, so it is measured on the first one and on the first few
(--baseline), and its time for all of them is the line through the two. Ours is measured on all,
from the start of the process to its end. Each round is such a pair, and the ratio is the median
over the rounds. Bytecode is cached on both sides, and both are run once before the clock. Without
--json the table also says how much of ours is the start.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import nbformat
from tqdm import tqdm

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from autograder.release import instructor_notebook  # noqa: E402  (found through the path above)
from autograder.source import AssignmentSource, parse, read_source  # noqa: E402
from autograder.verify import BANK, Entry, read_bank  # noqa: E402

ID = "a3_gradcam"
FORMATIVE = "# %%\nfrom glaucam.checks import a3_gradcam as checks\n"


def main(arguments: Sequence[str] | None = None) -> None:
    options = parsed(arguments)
    with tempfile.TemporaryDirectory() as folder:
        result = measure(Path(folder), options)
    seconds = result.pop("start")
    print(json.dumps(result) if options.json else table(result, options.submissions, seconds))


def parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    parser.add_argument("--submissions", type=int, default=60, metavar="N")
    parser.add_argument("--workers", nargs="+", type=int, default=[1, 2], metavar="N")
    parser.add_argument("--baseline", type=int, default=6, metavar="N", help="for nbgrader (6)")
    parser.add_argument("--rounds", type=int, default=1, metavar="N", help="pairs (1)")
    options = parser.parse_args(arguments)
    if min(options.submissions, options.rounds, options.baseline - 1, *options.workers) < 1:
        parser.error("--submissions, --workers and --rounds take numbers from 1 up, --baseline 2")
    return options


def measure(folder: Path, options: argparse.Namespace) -> dict:
    """Seconds per submission of both, their ratio, and submissions per second by workers.

    ``start``: seconds of a run on one submission, most of which many submissions share.
    """
    count = options.submissions
    course = lay_out(folder / "course", options.baseline)
    submitted = lay_out(folder / "many", count) / "submitted"
    only = first_alone(submitted, folder / "one")
    nbgrader(course, "generate_assignment", ID, "--create", "--force")
    nbgrader(course, "autograde", ID, "--student", "s000")  # both warm, untimed
    ours(only, folder / "warm", 1)
    start = seconds(ours, only, folder / "start", 1)
    theirs, own = [], []
    for turn in tqdm(range(options.rounds), desc="pairs", file=sys.stderr):
        theirs.append(plain(course, options.baseline, count) / count)
        own.append(seconds(ours, submitted, folder / f"out{turn}", 1) / count)
    rates = {1: 1 / statistics.median(own)}
    for n in tqdm([n for n in options.workers if n != 1], desc="workers", file=sys.stderr):
        rates[n] = count / seconds(ours, submitted, folder / f"workers{n}", n)
    ratio = statistics.median(a / b for a, b in zip(theirs, own, strict=True))
    return {
        "ratio_to_nbgrader": round(ratio, 2),
        "seconds_per_submission": round(statistics.median(own), 2),
        "nbgrader_seconds_per_submission": round(statistics.median(theirs), 2),
        "workers": {str(n): round(rates[n], 3) for n in sorted(rates)},
        "start": start,
    }


def plain(course: Path, few: int, many: int) -> float:
    """Seconds of plain nbgrader on ``many`` submissions, from one and from the first ``few``."""
    one = seconds(nbgrader, course, "autograde", ID, "--force", "--student", "s000")
    all_few = seconds(nbgrader, course, "autograde", ID, "--force")
    return one + (all_few - one) / (few - 1) * (many - 1)


def lay_out(course: Path, submissions: int) -> Path:
    """A course folder of nbgrader's with the notebook as source, and a submission per student."""
    source = checks_and_answers()
    write(source, course / "source" / ID)
    bank = [entry for entry in read_bank(BANK / ID) if entry.kind != "attack"]
    for n in range(submissions):
        entry = bank[n * 7 % len(bank)]  # right and wrong ones from the start
        write(answered(source, entry, n), course / "submitted" / f"s{n:03d}" / ID)
    return course


def write(source: AssignmentSource, place: Path) -> None:
    place.mkdir(parents=True)
    nbformat.write(instructor_notebook(source), place / f"{ID}.ipynb")


def answered(source: AssignmentSource, entry: Entry, student: int) -> AssignmentSource:
    """The assignment with an entry's answers in place, its other cells before them."""
    texts = {cell.id: cell.source for cell in entry.cells.cells if cell.kind == "solution"}
    own = [cell for cell in entry.cells.cells if cell.kind != "solution"]
    (mark,) = parse(f"# %%\nanswers_of_student_{student} = {entry.name!r}\n").cells
    cells = [replace(cell, source=texts.get(cell.id, cell.source)) for cell in source.cells]
    first = next(i for i, cell in enumerate(cells) if cell.kind == "solution")
    return replace(source, cells=(*cells[:first], *own, mark, *cells[first:]))


def first_alone(submitted: Path, folder: Path) -> Path:
    """A folder of submissions with nobody but the first student."""
    folder.mkdir()
    (folder / "s000").symlink_to(submitted / "s000")
    return folder


def checks_and_answers() -> AssignmentSource:
    """The assignment without its explanations and pictures."""
    source = read_source(ID)
    kept = [cell for cell in source.cells if cell.kind in ("locked", "solution", "check")]
    (opening,) = parse(FORMATIVE).cells
    return replace(source, cells=(opening, *kept))


def environment() -> dict[str, str]:
    """Ours, with this Python's programs first and bytecode cached."""
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{kept.get('PATH', '')}"}


def nbgrader(course: Path, *words: str) -> None:
    run([sys.executable, "-m", "nbgrader", *words], course)


def ours(submitted: Path, out: Path, workers: int) -> None:
    """``python -m autograder grade``."""
    words = ["grade", ID, "--submitted", submitted, "--out", out, "--workers", workers]
    run([sys.executable, "-m", "autograder", *map(str, words)], ROOT)


def run(command: list[str], at: Path) -> None:
    done = subprocess.run(command, cwd=at, env=environment(), capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stderr[-2000:]}")


def seconds(call, *arguments) -> float:
    start = time.perf_counter()
    call(*arguments)
    return time.perf_counter() - start


def table(result: dict, submissions: int, start: float) -> str:
    """The figures as text."""
    rest = (own_total := result["seconds_per_submission"] * submissions) - start
    theirs, own = result["nbgrader_seconds_per_submission"], result["seconds_per_submission"]
    lines = [
        f"plain nbgrader autograde   {theirs:7.2f} s per submission",
        f"python -m autograder grade {own:7.2f} s per submission, one worker",
        f"nbgrader ÷ ours            {result['ratio_to_nbgrader']:7.2f}",
        *(
            f"{n} worker(s): {rate:.3f} submissions per second"
            for n, rate in result["workers"].items()
        ),
        f"{submissions} submissions, from the start of each program to its end",
        f"of our {own_total:.1f} s with one worker, {start:.1f} are a run of one submission; each "
        f"further one takes {rest / max(1, submissions - 1):.2f} s",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
