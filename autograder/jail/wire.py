"""Exchange frames with a process that may be slow, silent, dead or hostile, within a deadline."""

from __future__ import annotations

import os
import select
import time
from typing import Any

import numpy as np

from autograder.jail import frames

CHUNK = 1 << 16


class Late(Exception):
    """The deadline passed."""


class Gone(Exception):
    """The process closed its end."""


class Wire:
    """The two pipes of a kernel process; every operation has a deadline in monotonic seconds."""

    def __init__(self, writer: int, reader: int) -> None:
        self._to, self._from = writer, reader
        os.set_blocking(self._to, False)
        os.set_blocking(self._from, False)

    def send(
        self, header: dict[str, Any], arrays: dict[str, np.ndarray] | None, deadline: float
    ) -> None:
        data = memoryview(frames.encode(header, arrays))
        while data:
            self._wait(self._to, select.POLLOUT, deadline)
            try:
                data = data[os.write(self._to, data[:CHUNK]) :]
            except (BrokenPipeError, ConnectionResetError) as error:
                raise Gone from error

    def receive(self, deadline: float) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        head, body = frames.lengths(self._read(frames.LENGTHS.size, deadline))
        return frames.decode(self._read(head, deadline), self._read(body, deadline))

    def _read(self, count: int, deadline: float) -> bytes:
        parts: list[bytes] = []
        while count:
            self._wait(self._from, select.POLLIN, deadline)
            try:
                part = os.read(self._from, min(count, 1 << 20))
            except ConnectionResetError as error:
                raise Gone from error
            if not part:
                raise Gone
            parts.append(part)
            count -= len(part)
        return b"".join(parts)

    @staticmethod
    def _wait(descriptor: int, event: int, deadline: float) -> None:
        poll = select.poll()
        poll.register(descriptor, event)
        left = deadline - time.monotonic()
        if left <= 0 or not poll.poll(left * 1000):
            raise Late
