"""The preloaded parent: inside the outer jail, imports torch once, forks a kernel per submission.

It runs no student code and no tensor operation, ever: it waits for the judge's word on a socket,
forks, and kills. Each child gets process, mount, network, IPC and host namespaces of its own, its
own /proc, /tmp and /dev/shm, a user id nobody else has, no capability, and its limits, before it
reads its first request.
"""

import array
import ctypes
import gc
import json
import os
import socket
import sys
import threading

sys.path[:0] = [p for p in os.environ["KERNEL_PATH"].split(os.pathsep) if p]

import inside  # noqa: E402  (found through the path above)

LIBC = ctypes.CDLL(None, use_errno=True)
NEW = {"mount": 0x20000, "uts": 0x4000000, "ipc": 0x8000000, "process": 0x20000000}
NEW["network"] = 0x40000000
NOSUID, NODEV, PRIVATE = 0x2, 0x4, 0x40000 | 0x4000
SET_DUMPABLE, DROP_BOUND, SUBREAPER = 4, 24, 36
CAPABILITIES, CAPABILITY_VERSION_3 = 41, 0x20080522


def ask(result):
    """The result of a C call, or the OSError it set."""
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def mount(kind, target, options):
    ask(LIBC.mount(kind.encode(), target.encode(), kind.encode(), NOSUID | NODEV, options.encode()))


def private_world(order):
    """Own /proc, /tmp and /dev/shm, unseen by anyone else."""
    ask(LIBC.mount(None, b"/", None, PRIVATE, None))
    mount("proc", "/proc", "")
    for folder in ("/tmp", "/dev/shm"):
        mount("tmpfs", folder, f"size={order['tmp']},mode=1777")
    with open("/proc/sys/kernel/shmall", "w") as pages:  # System V memory counts for no process
        pages.write(str(order["tmp"] // os.sysconf("SC_PAGE_SIZE")))


def become_nobody(uid):
    """Give up root for good: groups, capabilities to come, user id."""
    os.setgroups([])
    for capability in range(CAPABILITIES):
        LIBC.prctl(DROP_BOUND, capability, 0, 0, 0)
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    nothing = (ctypes.c_uint32 * 6)()  # effective, permitted, inheritable, twice 32 bits
    ask(LIBC.capset((ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0), nothing))
    LIBC.prctl(SET_DUMPABLE, 1, 0, 0, 0)


def child(order, wire, doors):
    """The life of a kernel: walls first, then requests until the wire closes."""
    for door in doors:  # of its cgroup
        os.write(door, b"0")
        os.close(door)
    private_world(order)
    silence()
    os.setsid()
    become_nobody(order["uid"])
    inside.set_limits(order["rlimits"])
    if order["filter"]:
        inside.refuse_calls(order["filter"])
    os.chdir("/tmp")
    inside.serve(os.fdopen(os.dup(wire), "rb"), os.fdopen(wire, "wb"))


def silence():
    """Let go of the parent's own output: what one student writes there another could read."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    os.close(nothing)


def fork_kernel(order, wire, doors, control):
    """Fork a kernel behind new namespaces; its process id as the parent sees it."""
    if threading.active_count() != 1:
        raise RuntimeError("the parent has threads: a fork now could hang")
    told, tell = os.pipe()
    if os.fork() == 0:
        between(order, wire, doors, control, tell)
    os.close(tell)
    pid = int(os.read(told, 32) or b"0")
    os.close(told)
    os.wait()  # the process between; the kernel is now ours
    return pid


def between(order, wire, doors, control, tell):
    """A process that enters new namespaces, leaves the kernel in them, and is gone."""
    try:
        ask(LIBC.unshare(sum(NEW.values())))
        pid = os.fork()
        if pid:
            os.write(tell, str(pid).encode())
            os._exit(0)
        os.close(tell)
        control.close()
        child(order, wire, doors)
    finally:
        os._exit(1)


def obey(request, descriptors, control):
    if request["op"] == "fork":
        wire, *doors = descriptors
        pid = fork_kernel(request, wire, doors, control)
        for descriptor in descriptors:
            os.close(descriptor)
        return {"pid": pid}
    try:
        os.kill(request["pid"], 9)
        os.waitpid(request["pid"], 0)
    except (ProcessLookupError, ChildProcessError):
        return {"pid": 0}
    return {"pid": request["pid"]}


# What most notebooks import, and what costs each of them a second: paid once, here.
ONCE = ("IPython.core.interactiveshell", "pandas", "sklearn.metrics")


def main():
    control = socket.socket(fileno=os.dup(0))
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    ask(LIBC.prctl(SUBREAPER, 1, 0, 0, 0))
    inside.preload([*os.environ.pop("KERNEL_PRELOAD").split(), *ONCE])
    compiled = os.environ.pop("KERNEL_FILTER", "")
    for name in ("KERNEL_PATH", "KERNEL_LIMITS"):
        os.environ.pop(name)
    gc.collect()
    gc.freeze()
    control.sendall(b"{}\n")
    while True:
        data, ancillary, _, _ = control.recvmsg(4096, socket.CMSG_SPACE(32))
        if not data:
            return
        descriptors = array.array("i")
        for _level, _kind, content in ancillary:
            descriptors.frombytes(content)
        answer = obey({**json.loads(data), "filter": compiled}, descriptors, control)
        control.sendall(json.dumps(answer).encode() + b"\n")


if __name__ == "__main__":
    main()
