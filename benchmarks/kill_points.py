"""Kill a part of a grading run at random moments, run again, and compare ``grades.csv``.

    python benchmarks/kill_points.py [--json] [--points N] [--seed S] [--component C…]
                                     [--submissions N] [--workers N]

Components: ``run`` (the command itself), ``worker`` (a process that judges), ``jail`` (the outer
jail with all its kernels), ``disk`` (full after some bytes). For each a number of moments is drawn
from the seed, over the time an undisturbed run takes. After each kill the same command is given
again until it ends by itself; what it then holds must be the undisturbed run's, byte for byte.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from tqdm import tqdm

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "benchmarks"))

from grading_throughput import ID, environment, lay_out  # noqa: E402  (found through the path)

RUNS = 4  # how often a run may be broken off by one cause before something is wrong


def main(arguments: Sequence[str] | None = None) -> int:
    options = parsed(arguments)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for row in measure(Path(folder), options):
            rows.append(row)
            if not options.json:
                line = "{component:8} {points} kills, {different} with other grades"
                print(line.format(**row), flush=True)
    if options.json:
        print(json.dumps({"rows": rows}))
    return 1 if any(row["different"] for row in rows) else 0


def parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    parser.add_argument("--points", type=int, default=20, metavar="N", help="for each component")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--component", nargs="+", choices=DISTURB, default=list(DISTURB))
    parser.add_argument("--submissions", type=int, default=6, metavar="N")
    parser.add_argument("--workers", type=int, default=2, metavar="N")
    return parser.parse_args(arguments)


def measure(folder: Path, options: argparse.Namespace) -> Iterator[dict]:
    """A row for each component."""
    submitted = lay_out(folder / "course", options.submissions) / "submitted"
    calm = Grading(submitted, folder / "calm", options.workers, options.seed)
    began = time.monotonic()
    calm.finish()
    lasts = time.monotonic() - began
    draw = random.Random(options.seed)
    for component in options.component:
        different = 0
        for turn in tqdm(range(options.points), desc=component, file=sys.stderr):
            out = folder / f"{component}{turn}"
            grading = Grading(submitted, out, options.workers, options.seed)
            DISTURB[component](grading, draw.random() * lasts)
            grading.finish()
            different += grading.grades() != calm.grades()
            if grading.out.is_mount():
                subprocess.run(["umount", grading.out], check=True)
        yield {"component": component, "points": options.points, "different": different}


class Grading:
    """One ``grade`` command that can be given again."""

    def __init__(self, submitted: Path, out: Path, workers: int, seed: int) -> None:
        words = ["grade", ID, "--submitted", submitted, "--out", out, "--seed", seed]
        words += ["--workers", workers]
        self.out = out
        self._command = [sys.executable, "-m", "autograder", *map(str, words)]

    @contextmanager
    def going(self) -> Iterator[subprocess.Popen]:
        """Start it; on leaving wait for its end, whatever that is."""
        silent = subprocess.DEVNULL
        with subprocess.Popen(
            self._command, cwd=ROOT, env=environment(), stdout=silent, stderr=silent
        ) as run:
            yield run
            run.wait()

    def finish(self) -> None:
        """Give the command until it ends by itself."""
        for _ in range(RUNS):
            with self.going() as run:
                pass
            if run.returncode == 0:
                return
        sys.exit(f"{' '.join(self._command)} still fails with {run.returncode}")

    def grades(self) -> bytes:
        return (self.out / "grades.csv").read_bytes()


def kill_run(grading: Grading, seconds: float) -> None:
    with grading.going() as run:
        with suppress(subprocess.TimeoutExpired):
            run.wait(seconds)
        run.kill()


def kill_worker(grading: Grading, seconds: float) -> None:
    kill_below(grading, seconds, "multiprocessing.spawn")


def kill_jail(grading: Grading, seconds: float) -> None:
    kill_below(grading, seconds, "bwrap")


def kill_below(grading: Grading, seconds: float, what: str) -> None:
    """After some seconds kill a process of the run whose command line holds ``what``."""
    with grading.going() as run:
        with suppress(subprocess.TimeoutExpired):
            run.wait(seconds)
        while run.poll() is None:
            victims = [pid for pid in descendants(run.pid) if what in command_line(pid)]
            if victims:
                with suppress(ProcessLookupError):
                    os.kill(victims[-1], signal.SIGKILL)
                return
            time.sleep(0.05)


def fill_disk(grading: Grading, seconds: float) -> None:
    """A small tmpfs as the output folder, and a file in it that leaves room for little."""
    grading.out.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", grading.out], check=True)
    ballast = grading.out / ".ballast"
    room = 100_000 + int(seconds * 1000) % 500_000  # two feedback pages at most
    ballast.write_bytes(bytes((8 << 20) - room))
    with grading.going():
        pass
    ballast.unlink()


def descendants(root: int) -> list[int]:
    """Process ids below ``root``, in the order of their start."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parents[int(stat.parent.name)] = int(stat.read_text().rsplit(")", 1)[1].split()[1])
    found = {root}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return sorted(found - {root})


def command_line(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    return ""


DISTURB = {"run": kill_run, "worker": kill_worker, "jail": kill_jail, "disk": fill_disk}


if __name__ == "__main__":
    sys.exit(main())
