"""A canary before the first submission: tries to get out of a fresh kernel, and must fail.

It runs in the walls of this very run, once per process that opens any; where it finds a hole,
nothing of a student's is run.
"""

from __future__ import annotations

import os
import secrets
import socket
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from autograder.jail import cgroups, syscalls
from autograder.jail.kernel import Jail, JailBroken, KernelLost
from autograder.jail.limits import Limits
from autograder.jail.process import Walls
from autograder.jail.walls import kernel_environment

PROBE = Path(__file__).with_name("canary_probe.py")
NAMESPACES = ("mnt", "pid", "net", "ipc", "uts")
FOLDERS = ("/", "/etc", "/usr/lib", "/jail", "/jail/site", "/jail/kit", "/dev", "/var")
PUT_BY_A_SHELL = frozenset({"PATH", "PWD", "OLDPWD", "SHLVL", "_"})
OURS = {"KERNEL_FILTER", "KERNEL_WARM"}
GIVEN = frozenset(kernel_environment(Limits(), [])) | OURS | PUT_BY_A_SHELL


def prove(walls: Walls, limits: Limits) -> None:
    """Raise JailBroken, naming every hole in one line, unless the walls hold a canary."""
    if not walls.is_jail:
        return
    with ExitStack() as stack:
        bait = lay_out(stack, limits)
        jail = stack.enter_context(Jail(walls, limits))
        try:
            jail.load(PROBE.read_text())
            result = jail.call("canary", bait)
        except KernelLost as error:
            raise JailBroken(f"the canary that tries the jail was lost ({error})") from error
        if result.error is not None:
            raise JailBroken(f"the canary that tries the jail failed ({result.error})")
        found = [*holes(result.value, bait)]
        if cgroups.places() and not jail.bounded:
            found.append("its processes are not bounded together")
    if found:
        raise JailBroken(
            f"the jail does not hold: {'; '.join(found)}. Nothing was run; autograder/THREATS.md "
            "says what stands where"
        )


def lay_out(stack: ExitStack, limits: Limits) -> dict[str, Any]:
    """What there is to find: a file anyone may read, two listening sockets, this process's own."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    folder.chmod(0o755)
    secret = folder / "secret.txt"
    secret.write_text(secrets.token_hex())
    name = f"glaucam-{secrets.token_hex(8)}"
    local = stack.enter_context(socket.socket(socket.AF_UNIX))
    local.bind("\0" + name)
    local.listen()
    server = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
    return {
        "files": [str(secret), __file__, "/etc/passwd", "/proc/1/root/etc/passwd"],
        "folders": [*FOLDERS, str(folder), sys.prefix],
        "port": server.getsockname()[1],
        "name": name,
        "namespaces": {n: os.readlink(f"/proc/self/ns/{n}") for n in NAMESPACES},
        "rlimits": limits.rlimits(),
        "tmp": limits.tmp,
    }


def holes(found: Any, bait: Mapping[str, Any]) -> Iterator[str]:
    """What student code could do, in words, from what the canary reports."""
    if not isinstance(found, dict):
        yield "the canary reported nothing"
        return
    for saying, names in (
        ("it reads", found["reads"]),
        ("it writes into", found["writes"]),
        ("it connects by", found["connects"]),
        ("it shares namespaces with the judge:", found["shares"]),
        ("it inherits", sorted(set(found["environment"]) - GIVEN)),
        ("it holds", found["capabilities"]),
        ("it exceeds its", [*found["exceeds"], *loose(found, bait)]),
    ):
        if names:
            yield f"{saying} {', '.join(names)}"
    for saying, wrong in single_holes(found):
        if wrong:
            yield saying


def loose(found: Mapping[str, Any], bait: Mapping[str, Any]) -> list[str]:
    """Limits that are not set, or set higher than they should be."""
    names = [n for n, most in bait["rlimits"].items() if max(found["limits"][n]) > most]
    unlimited = [n for n, (_, hard) in found["limits"].items() if hard < 0]
    return [*names, *unlimited, *(at for at, size in found["tmp"].items() if size > bait["tmp"])]


def single_holes(found: Mapping[str, Any]) -> list[tuple[str, bool]]:
    filtered = bool(syscalls.program())
    own = {os.getuid(), 0}
    return [
        ("it sees processes of others", found["processes"] > 2),
        ("it may gain privileges", found["no_new"] != "1"),
        ("it runs as root or as you", os.geteuid() == 0 and bool(own & set(found["ids"]))),
        ("its system calls are not filtered", filtered and found["seccomp"] != "2"),
        ("it opens AF_VSOCK sockets", filtered and found["vsock"]),
        ("it makes user namespaces", filtered and found["namespace"]),
        ("it traces processes", filtered and found["trace"]),
    ]
