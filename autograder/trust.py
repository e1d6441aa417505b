"""Whether student code may run, and behind what."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from autograder.jail.walls import LAUNCH_CAPABILITIES, NO_BUBBLEWRAP, namespaces, own_user
from glaucam.errors import InputError

MAY_NOT = (
    "in a container allow it user namespaces; on Ubuntu 24.04 run sysctl -w "
    "kernel.apparmor_restrict_unprivileged_userns=0; or grade as root"
)
WARNING = """\
============================================================================
 --trust: student code runs WITHOUT A JAIL, as you, with your files and your
 network. Use it only for code you would run yourself.
============================================================================"""


def require_walls(trust: bool) -> None:
    """Refuse to go on without a jail, unless trusted aloud; refuse trust where nobody would see."""
    if trust and os.environ.get("CI"):
        raise InputError("--trust is refused under CI: install bubblewrap instead")
    if trust:
        print(WARNING, file=sys.stderr)
    elif (bwrap := shutil.which("bwrap")) is None:
        raise InputError(NO_BUBBLEWRAP)
    elif complaint := refusal(bwrap):
        raise InputError(f"bubblewrap is here but may not build a jail ({complaint}); {MAY_NOT}")


def refusal(bwrap: str) -> str:
    """What bubblewrap says against a jail that runs nothing, or "" where it builds one."""
    walls = [*namespaces(LAUNCH_CAPABILITIES), "--ro-bind", "/", "/", "--", *own_user()]
    command = [bwrap, *walls, "true"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    return "" if done.returncode == 0 else (done.stderr.strip() or f"exit {done.returncode}")[-200:]
