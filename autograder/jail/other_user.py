"""Another user id and limits, for places where no namespace may be made (Gradescope's container).

**Weaker than bubblewrap.** What is different: the network is open, the system's files and processes
are in sight, /tmp and /dev/shm are shared, and memory is bounded per process alone. What stands:
files that only root may read stay shut, the judge's process cannot be read or signalled, limits
bind, and nothing of a kernel outlives its turn. For one submission a container, which is thrown
away after it. Never chosen by itself: whoever wants it names it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from autograder.jail.kernel import JailBroken
from autograder.jail.limits import Limits
from autograder.jail.mounts import HERE, KIT, visible_parts
from autograder.jail.packages import site_packages, visible_entries
from autograder.jail.process import OwnProcess
from autograder.jail.syscalls import program as refused_calls
from autograder.jail.walls import PYTHON, UIDS, kernel_environment

LOWEST = 1_000_000_000  # no user id below is ever used, so that no user of the machine is hit
DEATH_SECONDS = 10  # that killed processes may take to be gone
KERNEL_FILES = ("inside.py", "frames.py")


class OtherUser:
    """Every kernel under a user id of its own, with limits; no namespaces, so no network wall.

    ``withheld``: packages and parts of ``glaucam`` that are not on a kernel's path. Their files
    must be kept from it otherwise: not installed, or readable by root alone (``hides`` tells).
    """

    name = "another user id (weaker: no namespaces)"
    is_jail = False

    def __init__(self, withheld: frozenset[str] = frozenset()) -> None:
        if os.geteuid() != 0 or shutil.which("setpriv") is None:
            raise JailBroken("another user id needs root and setpriv (util-linux)")
        self._open = Path(tempfile.mkdtemp(prefix="kernel-"))
        lay_out(self._open, withheld)

    def prepare(self, limits: Limits) -> None:
        """Each kernel starts from nothing."""

    def start(self, limits: Limits) -> UserProcess:
        path = [str(self._open / part) for part in ("kernel", "site", "kit")]
        environment = {**kernel_environment(limits, path), "KERNEL_FILTER": refused_calls()}
        program = str(self._open / "kernel" / "inside.py")
        return UserProcess([PYTHON, "-I", "-S", "-B", program], environment, next(UIDS))

    def hides(self, path: Path) -> bool:
        """Whether a kernel can neither read nor enter this path."""
        probe = "import os, sys; sys.exit(os.access(sys.argv[1], os.R_OK))"
        command = [*as_user(next(UIDS)), PYTHON, "-I", "-S", "-c", probe, str(path)]
        done = subprocess.run(command, capture_output=True, timeout=30)
        if done.returncode not in (0, 1):
            raise JailBroken(f"another user cannot run {PYTHON}: {done.stderr.decode()[-200:]}")
        return done.returncode == 0

    def close(self) -> None:
        shutil.rmtree(self._open, ignore_errors=True)


def lay_out(folder: Path, withheld: frozenset[str]) -> None:
    """What a kernel needs, where every user can read it: itself, packages, parts of the kit."""
    folder.chmod(0o755)
    for part in ("kernel", "site", "kit"):
        (folder / part).mkdir(mode=0o755)
    for name in KERNEL_FILES:
        shutil.copyfile(HERE / name, folder / "kernel" / name)
    for name in visible_entries(withheld):
        (folder / "site" / name).symlink_to(site_packages() / name)
    parts = {w.removeprefix("glaucam.") for w in withheld if w.startswith("glaucam.")}
    hidden = {KIT / part.replace(".", "/") for part in parts}
    for source in visible_parts(KIT, hidden):
        target = folder / "kit" / "glaucam" / source.relative_to(KIT)
        target.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if source.is_dir() else shutil.copyfile)(source, target)


def as_user(uid: int) -> list[str]:
    """The words before a command that run it as a user without any right; never one of ours."""
    if uid < LOWEST:
        raise JailBroken(f"user id {uid} may be somebody's")
    return [
        *("setpriv", "--reuid", str(uid), "--regid", str(uid), "--clear-groups"),
        *("--inh-caps=-all", "--bounding-set=-all", "--no-new-privs"),
    ]


class UserProcess(OwnProcess):
    """A kernel's process under a user id of its own, with a home that goes with it."""

    def __init__(self, command: list[str], environment: dict[str, str], uid: int) -> None:
        self._uid = uid
        self._home = Path(tempfile.mkdtemp(prefix="kernel-home-"))
        os.chown(self._home, uid, uid)
        home = {name: str(self._home) for name in ("HOME", "TMPDIR")}
        home["IPYTHONDIR"] = str(self._home / "ipython")
        home["MPLCONFIGDIR"] = str(self._home / "matplotlib")
        super().__init__([*as_user(uid), *command], {**environment, **home})

    def end(self) -> None:
        """Kill every process of the user at once: there is no namespace that would do it."""
        everything = "import os; os.kill(-1, 9)"
        command = [*as_user(self._uid), PYTHON, "-I", "-S", "-c", everything]
        subprocess.run(command, capture_output=True, timeout=30)
        super().end()
        until = time.monotonic() + DEATH_SECONDS
        while living(self._uid):
            if time.monotonic() > until:
                raise JailBroken(f"processes of user {self._uid} do not end")
            time.sleep(0.01)
        shutil.rmtree(self._home, ignore_errors=True)


def living(uid: int) -> list[int]:
    """Process ids that run under a user id, without the dead that nobody has buried."""
    found = []
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            text = status.read_text()
        except OSError:
            continue  # it ended meanwhile
        if f"\nUid:\t{uid}\t" in text and "\nState:\tZ" not in text:
            found.append(int(status.parent.name))
    return found
