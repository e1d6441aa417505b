"""What the canary tries in a kernel. Sent there as text; gives back what it could do."""

import ctypes
import mmap
import os
import resource
import socket
import tempfile
import threading

LIBC = ctypes.CDLL(None, use_errno=True)
NEW_USER, TRACE_ME, VSOCK = 0x10000000, 0, 40


def through(action, *words):
    """Whether it went through."""
    try:
        action(*words)
    except (OSError, MemoryError, RuntimeError, ValueError, OverflowError):
        return False
    return True


def read(path):
    with open(path, "rb") as file:
        file.read(1)


def write(folder):
    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(b"0")


def connect(family, address):
    with socket.socket(family) as caller:
        caller.settimeout(0.2)
        caller.connect(address)


def call(function, *words):
    if function(*words) != 0:
        raise OSError(ctypes.get_errno(), "refused")


def names_in_environment():
    """What this process and the first one were started with; imports add to it later."""
    names = set()
    for process in ("self", "1"):
        try:
            with open(f"/proc/{process}/environ") as file:
                names |= {entry.partition("=")[0] for entry in file.read().split("\0") if entry}
        except OSError:
            continue
    return sorted(names)


def open_files(most):
    files = []
    try:
        while len(files) <= most:
            files.append(os.open(os.devnull, os.O_RDONLY))
    except OSError:
        return False
    finally:
        for file in files:
            os.close(file)
    return True


def many_threads(most):
    """Threads count as processes."""
    done, started = threading.Event(), []
    try:
        while len(started) <= most:
            started.append(threading.Thread(target=done.wait))
            started[-1].start()
    except RuntimeError:
        return False
    finally:
        done.set()
    return True


def large_file(size):
    with tempfile.TemporaryFile() as file:
        os.truncate(file.fileno(), size + 1)


def status():
    with open("/proc/self/status") as file:
        fields = dict(line.split(":", 1) for line in file)
    return {name: value.strip() for name, value in fields.items()}


def canary(namespace, args, arrays):
    told = status()
    limits = {
        name: resource.getrlimit(getattr(resource, "RLIMIT_" + name)) for name in args["rlimits"]
    }
    excesses = {
        "memory": through(mmap.mmap, -1, args["rlimits"]["AS"]),
        "file size": through(large_file, args["rlimits"]["FSIZE"]),
        "open files": open_files(args["rlimits"]["NOFILE"]),
        "processes": many_threads(args["rlimits"]["NPROC"]),
    }
    return {
        "reads": [path for path in args["files"] if through(read, path)],
        "writes": [path for path in args["folders"] if through(write, path)],
        "connects": [
            *(
                ["loopback"]
                if through(connect, socket.AF_INET, ("127.0.0.1", args["port"]))
                else []
            ),
            *(["unix"] if through(connect, socket.AF_UNIX, "\0" + args["name"]) else []),
        ],
        "vsock": through(socket.socket, VSOCK),
        "namespace": through(call, LIBC.unshare, NEW_USER),
        "trace": through(call, LIBC.ptrace, TRACE_ME, 0, 0, 0),
        "shares": [
            n for n, id in args["namespaces"].items() if os.readlink(f"/proc/self/ns/{n}") == id
        ],
        "processes": sum(name.isdigit() for name in os.listdir("/proc")),
        "environment": names_in_environment(),
        "ids": sorted({*os.getresuid(), *os.getresgid()}),
        "capabilities": [n for n in told if n.startswith("Cap") and int(told[n], 16)],
        "no_new": told["NoNewPrivs"],
        "seccomp": told["Seccomp"],
        "limits": limits,
        "tmp": {
            at: os.statvfs(at).f_blocks * os.statvfs(at).f_frsize for at in ("/tmp", "/dev/shm")
        },
        "exceeds": [name for name, done in excesses.items() if done],
    }, {}
