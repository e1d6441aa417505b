"""A cgroup per kernel, where this user may make one: bounds on all its processes together.

Limits of a process (limits.py) bind each for itself, and count no file in memory. A cgroup counts
everything: private memory, ``/tmp``, ``/dev/shm``, pipes. Version 1 is tested on a real machine; of
version 2 only which files are written is.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from autograder.jail.limits import Limits

CONTROLLERS = ("memory", "pids")
NUMBERS = itertools.count()
PATIENCE = 2.0  # s until a group whose processes are dead lets itself be removed
SPARE = 4  # processes of bubblewrap's own
ENTER = 'while [ "$1" != -- ]; do echo 0 > "$1" || exit 1; shift; done; shift; exec "$@"'


@dataclass(frozen=True)
class Place:
    """A folder below which groups may be made, and the controllers that count there."""

    folder: Path
    version: int
    controllers: tuple[str, ...]

    def values(self, limits: Limits) -> dict[str, int]:
        """File → what is written into it; those of swap only exist where swap is counted."""
        memory, processes = limits.memory, limits.processes + SPARE
        both = {"pids.max": processes} if "pids" in self.controllers else {}
        if "memory" not in self.controllers:
            return both
        if self.version == 1:
            names = ("memory.limit_in_bytes", "memory.memsw.limit_in_bytes")
            return both | dict.fromkeys(names, memory)
        return both | {"memory.max": memory, "memory.swap.max": 0, "memory.oom.group": 1}


class Group:
    """The cgroup of one kernel, one folder per place; none where no controller may be used."""

    def __init__(self, limits: Limits) -> None:
        name = f"glaucam-{os.getpid()}-{next(NUMBERS)}"
        self._folders = [place.folder / name for place in places()]
        for place, folder in zip(places(), self._folders, strict=True):
            folder.mkdir()  # OSError: the machine has no more of them to give
            for file, value in place.values(limits).items():
                if (folder / file).exists():
                    (folder / file).write_text(str(value))

    @property
    def doors(self) -> list[Path]:
        """The files through which a process enters: it writes 0."""
        return [folder / "cgroup.procs" for folder in self._folders]

    def around(self, command: list[str]) -> list[str]:
        """The command, run inside the group from its first instruction."""
        if not self._folders:
            return command
        return ["/bin/sh", "-c", ENTER, "sh", *map(str, self.doors), "--", *command]

    @property
    def inhabited(self) -> bool:
        """Whether it bounds anything: there are controllers, and processes in each folder."""
        return bool(self.doors) and all(door.read_text().strip() for door in self.doors)

    def remove(self) -> None:
        """Remove the group when all of it is dead; what resists is left to the next run."""
        end = time.monotonic() + PATIENCE
        for folder in self._folders:
            while not removed(folder) and time.monotonic() < end:
                time.sleep(0.005)


def removed(folder: Path) -> bool:
    try:
        folder.rmdir()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


@lru_cache(maxsize=1)
def places() -> tuple[Place, ...]:
    """Where groups may be made on this machine by this user; leftovers of dead runs are removed."""
    mounts = Path("/proc/self/mountinfo").read_text()
    own = Path("/proc/self/cgroup").read_text()
    found: dict[str, Place] = {}
    for place in candidates(mounts, own):
        if not set(place.controllers) & set(found) and usable(place):
            sweep(place.folder)
            found |= dict.fromkeys(place.controllers, place)
    return tuple(dict.fromkeys(found.values()))


def candidates(mountinfo: str, own: str) -> list[Place]:
    """Places by Linux's own tables: those of version 1; own group and its parent in version 2."""
    paths = dict(line.split(":", 2)[1:] for line in own.splitlines())  # controllers → path
    found: list[Place] = []
    for line in mountinfo.splitlines():
        before, _, after = line.partition(" - ")
        root, at = before.split()[3:5]
        kind, _, options = after.split()[:3]
        if kind == "cgroup":
            counted = tuple(c for c in CONTROLLERS if c in options.split(","))
            mine = [p for names, p in paths.items() if set(counted) & set(names.split(","))]
            found += [Place(below(at, root, p), 1, counted) for p in mine]
        elif kind == "cgroup2" and "" in paths:
            mine = below(at, root, paths[""])
            found += [Place(folder, 2, CONTROLLERS) for folder in (mine, mine.parent)]
    return found


def below(at: str, root: str, path: str) -> Path:
    """The folder of cgroup ``path`` in a hierarchy of which ``root`` is mounted at ``at``."""
    inner = path.removeprefix(root) if root != "/" else path
    folder = Path(at) / inner.lstrip("/")
    return folder if folder.is_dir() else Path(at)


def usable(place: Place) -> bool:
    """Whether a group can be made there, with its controllers at work in it."""
    probe = place.folder / f"glaucam-{os.getpid()}-probe"
    try:
        if place.version == 2:
            enable(place)
        probe.mkdir()
        needed = [f"{c}.{'max' if place.version == 2 or c == 'pids' else 'limit_in_bytes'}"
                  for c in place.controllers]  # fmt: skip
        fine = all(os.access(probe / file, os.W_OK) for file in needed)
        probe.rmdir()
    except OSError:
        return False
    return fine


def enable(place: Place) -> None:
    """Version 2: let the groups below count; OSError where processes live in this one."""
    control = place.folder / "cgroup.subtree_control"
    if not set(place.controllers) <= set(control.read_text().split()):
        control.write_text(" ".join(f"+{name}" for name in place.controllers))


def sweep(folder: Path) -> None:
    """Remove the empty groups of runs that were killed."""
    for left in folder.glob("glaucam-*-*"):
        if not Path("/proc", left.name.split("-")[1]).exists():
            with contextlib.suppress(OSError):
                left.rmdir()
