"""What stands around student code: bubblewrap, or nothing (``--trust``).

As root, one outer jail holds a parent that has imported torch and forks a kernel per submission,
each behind walls of its own (parent.py). Otherwise every kernel starts behind a bubblewrap of its
own, which takes some seconds longer.
"""

from __future__ import annotations

import importlib.util
import itertools
import json
import os
import secrets
import shutil
import sys
from pathlib import Path

from autograder.jail import cgroups
from autograder.jail.forked import Forked, Parent
from autograder.jail.kernel import JailBroken
from autograder.jail.limits import Limits
from autograder.jail.mounts import HERE, KIT, all_mounts
from autograder.jail.packages import site_packages
from autograder.jail.process import OwnProcess, Walls
from autograder.jail.syscalls import program as refused_calls

PRELOAD = "numpy torch torchvision"
PYTHON = os.path.realpath(sys.executable)
UIDS = itertools.count(1_000_000_000 + secrets.randbelow(500_000_000))
NO_BUBBLEWRAP = (
    "no bubblewrap on this machine: install it (Debian, Ubuntu: apt-get install bubblewrap), or "
    "grade with --trust, which runs student code unjailed as you"
)

ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "HOME": "/tmp",
    "TMPDIR": "/tmp",
    "USER": "student",
    "LOGNAME": "student",
    "LANG": "C.UTF-8",
    "IPYTHONDIR": "/tmp/ipython",
    "MPLCONFIGDIR": "/tmp/matplotlib",
    "MPLBACKEND": "Agg",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
}


def kernel_environment(limits: Limits, path: list[str]) -> dict[str, str]:
    """The whole environment of a kernel: nothing of the caller's gets through."""
    return {
        **ENVIRONMENT,
        "KERNEL_LIMITS": json.dumps(limits.rlimits()),
        "KERNEL_PRELOAD": PRELOAD,
        "KERNEL_PATH": os.pathsep.join(path),
    }


def open_walls(withheld: frozenset[str], trust: bool = False, warm: str = "") -> Walls:
    """The strongest walls this user can have; JailBroken where bubblewrap is missing.

    ``warm``: source that a preloaded parent runs once, for what every kernel would build anew.
    """
    if trust:
        return Unjailed()
    return Preloaded(withheld, warm) if os.geteuid() == 0 else Bubblewrap(withheld)


def describe_walls(trust: bool) -> dict[str, str]:
    """What stands around student code here, for ``run.json``; what is missing is said."""
    if trust:
        return {"jail": "none (--trust)"}
    places = cgroups.places()
    return {
        "jail": Preloaded.name if os.geteuid() == 0 else Bubblewrap.name,
        "system calls": "filtered" if refused_calls() else "all (no libseccomp)",
        "memory of a kernel's processes together": bounded_by(places, "memory"),
        "number of a kernel's processes": bounded_by(places, "pids"),
    }


def bounded_by(places: tuple[cgroups.Place, ...], controller: str) -> str:
    found = [p.version for p in places if controller in p.controllers]
    return f"bounded (cgroup v{found[0]})" if found else "no cgroup here: each process by itself"


def begin_walls(judge: Path, trust: bool = False) -> Walls | None:
    """Walls from an assignment's ``jail.py``, where its judge has one, with the parent on its way.

    Importing the judge takes as long as the parent does, and this way both happen at once.
    """
    if not (file := judge / "jail.py").exists():
        return None
    spec = importlib.util.spec_from_file_location("jail", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    walls = open_walls(module.WITHHELD, trust, getattr(module, "WARM", ""))
    walls.prepare(getattr(module, "LIMITS", Limits()))
    return walls


def group_for(limits: Limits) -> cgroups.Group:
    try:
        return cgroups.Group(limits)
    except OSError as error:
        raise JailBroken(f"no cgroup could be made for a kernel ({error})") from error


class Unjailed:
    """No walls at all: the student's code runs as you, with your files. ``--trust`` only."""

    name = "none"
    is_jail = False

    def prepare(self, limits: Limits) -> None:
        """Nothing to make ready."""

    def start(self, limits: Limits) -> OwnProcess:
        path = [str(HERE), str(site_packages()), str(KIT.parent)]
        command = [PYTHON, "-I", "-S", "-B", str(HERE / "inside.py")]
        return OwnProcess(command, kernel_environment(limits, path))

    def close(self) -> None:
        """Nothing stands, nothing falls."""


class Bubblewrap:
    """Every kernel behind its own mounts, processes, network, IPC and host name; see ../THREATS.md.

    ``withheld``: names of packages, and dotted names of parts of ``glaucam``, that have no file in
    the jail.
    """

    name = "bubblewrap"
    is_jail = True

    def __init__(self, withheld: frozenset[str] = frozenset()) -> None:
        self._withheld = withheld

    def prepare(self, limits: Limits) -> None:
        """Each kernel starts from nothing."""

    def start(self, limits: Limits) -> OwnProcess:
        command = jail_command(self._withheld, limits, "inside.py", own_user())
        environment = {"PATH": os.environ.get("PATH", os.defpath)}
        return OwnProcess(command, environment, group_for(limits))

    def close(self) -> None:
        """Each kernel takes its walls with it."""


class Preloaded:
    """One outer jail with a parent that has imported torch; a fork and inner walls per kernel."""

    name = "bubblewrap, preloaded"
    is_jail = True

    def __init__(self, withheld: frozenset[str] = frozenset(), warm: str = "") -> None:
        self._withheld, self._warm = withheld, warm
        self._parent: Parent | None = None

    def prepare(self, limits: Limits) -> None:
        """Start the parent, where none lives, without waiting for it."""
        if self._parent is None or not self._parent.alive:
            self.close()
            command = jail_command(
                self._withheld, limits, "parent.py", [], PARENT_CAPABILITIES, self._warm
            )
            self._parent = Parent(command, limits.start_seconds)

    def start(self, limits: Limits) -> Forked:
        self.prepare(limits)
        try:
            return self._parent.fork(limits, next(UIDS), group_for(limits))
        except JailBroken:
            if not self._parent.lost():
                raise
        self.prepare(limits)  # it was killed from outside: another one, once
        return self._parent.fork(limits, next(UIDS), group_for(limits))

    def close(self) -> None:
        if self._parent is not None:
            self._parent.end()
            self._parent = None


PARENT_CAPABILITIES = ("CAP_SYS_ADMIN", "CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP", "CAP_KILL")
LAUNCH_CAPABILITIES = ("CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP")


def jail_command(
    withheld: frozenset[str],
    limits: Limits,
    program: str,
    user: list[str],
    capabilities: tuple[str, ...] = LAUNCH_CAPABILITIES,
    warm: str = "",
) -> list[str]:
    """The bubblewrap command line that runs one of our programs behind the walls."""
    bwrap = shutil.which("bwrap")
    if bwrap is None:
        raise JailBroken(NO_BUBBLEWRAP)
    command = [
        *(bwrap, *namespaces(capabilities), *all_mounts(withheld)),
        *("--size", str(limits.tmp), "--perms", "1777", "--tmpfs", "/tmp"),
        *("--size", str(limits.tmp), "--perms", "1777", "--tmpfs", "/dev/shm"),
        *("--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/tmp", "--clearenv"),
    ]
    path = ["/jail/kernel", "/jail/site", "/jail/kit"]
    environment = {**kernel_environment(limits, path), "KERNEL_FILTER": refused_calls()}
    if warm:
        environment["KERNEL_WARM"] = warm
    for key, value in environment.items():
        command += ["--setenv", key, value]
    return [*command, "--", *user, PYTHON, "-I", "-S", "-B", f"/jail/kernel/{program}"]


def namespaces(capabilities: tuple[str, ...]) -> list[str]:
    """Everything unshared; as root no user namespace is needed, and a real user id is had."""
    flags = ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"]
    flags += ["--unshare-cgroup-try", "--die-with-parent", "--new-session", "--hostname", "jail"]
    if os.geteuid() != 0:
        return [*flags, "--unshare-user", "--uid", "65534", "--gid", "65534", "--cap-drop", "ALL"]
    flags += ["--cap-drop", "ALL"]
    for capability in capabilities:
        flags += ["--cap-add", capability]
    return flags


def own_user() -> list[str]:
    """As root: a user id nobody else has, so that limits on processes bind it and it alone."""
    if os.geteuid() != 0:
        return []
    uid = str(next(UIDS))
    return [
        *("/usr/bin/setpriv", "--reuid", uid, "--regid", uid, "--clear-groups"),
        *("--inh-caps=-all", "--bounding-set=-all", "--no-new-privs"),
    ]
