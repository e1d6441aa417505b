"""The preloaded parent: inside the outer jail, imports torch once, forks a kernel per submission.

It runs no student code, and of the judge's only what an assignment wants kept ready, on one
thread: it waits for the judge's word on a socket, forks, and kills. Each child gets process, mount,
network, IPC and host namespaces of its own, its own /proc, /tmp and /dev/shm, a user id nobody else
has, no capability, and its limits, before it reads its first request.
"""

import array
import ctypes
import gc
import json
import os
import socket
import sys

sys.path[:0] = [p for p in os.environ["KERNEL_PATH"].split(os.pathsep) if p]

import inside  # noqa: E402  (found through the path above)

LIBC = ctypes.CDLL(None, use_errno=True)
NEW = {"mount": 0x20000, "uts": 0x4000000, "ipc": 0x8000000, "process": 0x20000000}
NEW["network"] = 0x40000000
NOSUID, NODEV, PRIVATE = 0x2, 0x4, 0x40000 | 0x4000
SET_DUMPABLE, DROP_BOUND = 4, 24
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


def fork_kernel(order, wire, doors, control, own):
    """Fork a kernel behind new namespaces; its process id as the parent sees it.

    ``own``: the parent's process namespace, to which it returns: the next fork needs a new one.
    """
    if len(os.listdir("/proc/self/task")) != 1:
        raise RuntimeError("the parent has threads: a fork now could hang")
    ask(LIBC.unshare(NEW["process"]))
    pid = os.fork()
    if pid:
        ask(LIBC.setns(own, NEW["process"]))
        return pid
    try:
        control.close()
        os.close(own)
        ask(LIBC.unshare(sum(NEW.values()) - NEW["process"]))
        child(order, wire, doors)
    finally:
        os._exit(1)


def obey(request, descriptors, control, own):
    if request["op"] == "fork":
        wire, *doors = descriptors
        pid = fork_kernel(request, wire, doors, control, own)
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
ONCE = ("IPython.core.interactiveshell", "matplotlib.pyplot", "pandas", "sklearn.metrics")


def main():
    control = socket.socket(fileno=os.dup(0))
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    own = os.open("/proc/self/ns/pid", os.O_RDONLY)
    inside.preload([*os.environ.pop("KERNEL_PRELOAD").split(), *ONCE])
    inside.fonts()
    inside.make_shell()
    exec(compile(os.environ.pop("KERNEL_WARM", ""), "<warm>", "exec"), inside.WARM)
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
        answer = obey({**json.loads(data), "filter": compiled}, descriptors, control, own)
        control.sendall(json.dumps(answer).encode() + b"\n")


if __name__ == "__main__":
    main()
