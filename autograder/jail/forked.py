"""The judge's side of the preloaded parent: ask it for kernels, and for their end."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import tempfile
from typing import Any

from autograder.jail.cgroups import Group
from autograder.jail.kernel import JailBroken
from autograder.jail.limits import Limits


class Parent:
    """A running parent behind the outer jail. It is ours: no student code runs in it."""

    def __init__(self, command: list[str], start_seconds: float) -> None:
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115  (closed in end)
        self._control, theirs = socket.socketpair()
        self._control.settimeout(start_seconds)
        self._process = subprocess.Popen(
            command,
            env={"PATH": os.environ.get("PATH", os.defpath)},
            stdin=theirs,
            stdout=subprocess.DEVNULL,
            stderr=self._complaints,
            start_new_session=True,
        )
        theirs.close()
        self._greeted = False

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def complaint(self) -> str:
        self._complaints.seek(0)
        return self._complaints.read(4000).decode(errors="replace").strip()[-600:]

    def fork(self, limits: Limits, uid: int, group: Group) -> Forked:
        """A fresh kernel under ``uid``; JailBroken, with what was printed, where there is none."""
        ours, theirs = socket.socketpair()
        order = {"op": "fork", "uid": uid, "tmp": limits.tmp, "rlimits": limits.rlimits()}
        doors = [os.open(door, os.O_WRONLY) for door in group.doors]
        try:
            answer = self._ask(order, [theirs.fileno(), *doors])
            if not answer.get("pid"):
                raise JailBroken(self.complaint() or "the preloaded parent could not fork")
        except JailBroken:
            ours.close()
            group.remove()
            raise
        finally:
            theirs.close()
            for door in doors:
                os.close(door)
        return Forked(self, answer["pid"], ours, group)

    def kill(self, pid: int) -> None:
        """Kill a kernel and everything in its namespace, and wait until it is gone."""
        if self.alive:
            try:
                self._ask({"op": "kill", "pid": pid}, [])
            except JailBroken:
                if not self.lost():
                    raise

    def lost(self, seconds: float = 0.5) -> bool:
        """Whether the parent is dead or just dying, and every kernel with it."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
        return not self.alive

    def _ask(self, order: dict[str, Any], descriptors: list[int]) -> dict[str, Any]:
        try:
            if not self._greeted:
                self._line()
                self._greeted = True
            socket.send_fds(self._control, [json.dumps(order).encode()], descriptors)
            return json.loads(self._line())
        except (OSError, ValueError) as error:
            raise JailBroken(self.complaint() or f"the preloaded parent: {error}") from error

    def _line(self) -> bytes:
        line = self._control.recv(4096)
        if not line:
            raise ConnectionResetError("it is gone")
        return line

    def end(self) -> None:
        """Kill the parent, and with its namespace every kernel that is left."""
        self._process.kill()
        self._process.wait()
        self._control.close()
        self._complaints.close()


class Forked:
    """A kernel that the parent forked; its wire is one end of a socket pair."""

    def __init__(self, parent: Parent, pid: int, wire: socket.socket, group: Group) -> None:
        self._parent, self._pid, self._wire, self._group = parent, pid, wire, group
        self.reader = self.writer = wire.fileno()
        self._ended = False

    @property
    def alive(self) -> bool:
        """Whether it was not ended; a kernel that died by itself shows when the wire closes."""
        return not self._ended and self._parent.alive

    @property
    def bounded(self) -> bool:
        return self._group.inhabited

    def complaint(self) -> str:
        return self._parent.complaint()

    def jail_lost(self) -> bool:
        return self._parent.lost()

    def end(self) -> None:
        if not self._ended:
            self._ended = True
            self._parent.kill(self._pid)
            self._wire.close()
            self._group.remove()
