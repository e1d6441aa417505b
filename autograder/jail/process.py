"""A kernel's process as its jail sees it: two descriptors, whether it lives, how to end it."""

from __future__ import annotations

import contextlib
import subprocess
import tempfile
from typing import Protocol

from autograder.jail.cgroups import Group
from autograder.jail.limits import Limits


class KernelProcess(Protocol):
    """What a kernel runs in. ``writer``, ``reader``: descriptors of the wire, the judge's end."""

    writer: int
    reader: int

    @property
    def alive(self) -> bool: ...

    @property
    def bounded(self) -> bool:
        """Whether a cgroup bounds all its processes together."""
        ...

    def complaint(self) -> str:
        """What the walls printed, where they could not be put up."""
        ...

    def jail_lost(self) -> bool:
        """Whether the jail around it fell, which is no fault of the student's code."""
        ...

    def end(self) -> None:
        """Kill it and everything inside its jail; return when all of it is gone."""
        ...


class Walls(Protocol):
    """What stands around kernels: each ``start`` gives a fresh one with a user id of its own.

    ``is_jail``: whether they shut out all that THREATS.md says; a canary is sent to try those only.
    """

    name: str
    is_jail: bool

    def prepare(self, limits: Limits) -> None:
        """Begin what takes long before the first kernel can start; don't wait for it."""
        ...

    def start(self, limits: Limits) -> KernelProcess: ...

    def close(self) -> None: ...


class OwnProcess:
    """A kernel that is a process of its own, started from a command line inside ``group``."""

    def __init__(
        self, command: list[str], environment: dict[str, str], group: Group | None = None
    ) -> None:
        self._group = group
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115  (closed in end)
        self._process = subprocess.Popen(
            group.around(command) if group else command,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            bufsize=0,
            start_new_session=True,
        )
        assert self._process.stdin  # Popen was asked for pipes
        assert self._process.stdout
        self.writer, self.reader = self._process.stdin.fileno(), self._process.stdout.fileno()

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    @property
    def bounded(self) -> bool:
        return self._group is not None and self._group.inhabited

    def complaint(self) -> str:
        self._complaints.seek(0)
        return self._complaints.read(4000).decode(errors="replace").strip()[-600:]

    def jail_lost(self) -> bool:
        """Its jail is its own, and ends when the code in it does: nobody can tell the two apart."""
        return False

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout, self._complaints):
            with contextlib.suppress(OSError):  # a full pipe to a dead process
                pipe.close()
        if self._group:
            self._group.remove()
