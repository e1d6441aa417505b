"""Whether student code may run, and behind what."""

from __future__ import annotations

import os
import shutil
import sys

from glaucam.errors import InputError

from autograder.jail.walls import NO_BUBBLEWRAP

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
    elif shutil.which("bwrap") is None:
        raise InputError(NO_BUBBLEWRAP)
