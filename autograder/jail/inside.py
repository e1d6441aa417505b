"""The kernel: runs inside the jail, reads requests, runs cells and calls, writes plain arrays back.

Everything here shares a process with the student's code and may be rewritten by it. So it holds no
answer and decides nothing: what it sends is evidence, which the judge checks.
"""

import base64
import ctypes
import functools
import json
import os
import random
import resource
import shutil
import sys
import time
import traceback

sys.path[:0] = [p for p in os.environ.get("KERNEL_PATH", "").split(os.pathsep) if p]

import frames  # noqa: E402  (found through the path above)

FONTS = "/jail/fonts"
WARM = {}  # what the preloaded parent made ready for the probes, before any student came
NO_NEW_PRIVILEGES, SECCOMP, FILTER = 38, 22, 2


def set_limits(limits):
    for name, value in limits.items():
        kind = getattr(resource, "RLIMIT_" + name)
        _, hard = resource.getrlimit(kind)
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (value, value))


class Program(ctypes.Structure):
    """Linux's ``struct sock_fprog``: how many instructions, of eight bytes each, and where."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


def refuse_calls(compiled):
    """Install a filter on system calls for this process and all its children; no way back."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    code = base64.b64decode(compiled)
    kept = ctypes.create_string_buffer(code, len(code))
    filter = Program(len(code) // 8, ctypes.addressof(kept))
    if libc.prctl(SECCOMP, FILTER, ctypes.byref(filter)) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def private_wire():
    """Keep the wire on descriptors of its own, so that a print cannot land in it."""
    reader, writer = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    os.close(nothing)
    return reader, writer


def read_request(reader):
    prefix = reader.read(frames.LENGTHS.size)
    if len(prefix) < frames.LENGTHS.size:
        sys.exit(0)
    head, body = frames.lengths(prefix)
    return frames.decode(reader.read(head), reader.read(body))


def explain_error(error):
    """Type, message and the student's own line, as short text."""
    line = None
    for frame in traceback.extract_tb(error.__traceback__):
        if "ipykernel" in frame.filename or "<ipython-input" in frame.filename:
            line = (frame.lineno, (frame.line or "").strip())
    if isinstance(error, SyntaxError):
        line = (error.lineno, (error.text or "").strip())
    return {
        "name": type(error).__name__,
        "message": str(error)[:400],
        "line": line[0] if line else None,
        "text": line[1][:200] if line else "",
    }


@functools.cache
def make_shell():
    """An IPython shell, so that magics and `!` work, which never prints into the wire.

    Without a history, which would start a thread: the preloaded parent makes the shell and forks.
    """
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    class Shell(InteractiveShell):
        def enable_gui(self, gui=None):
            """`%matplotlib inline` asks for one; there is no screen here, and that is no error."""

    without = Config({"HistoryManager": {"enabled": False}})
    shell = Shell.instance(colors="NoColor", config=without)
    shell.showtraceback = lambda *args, **kwargs: None
    shell.showsyntaxerror = lambda *args, **kwargs: None
    return shell


def preload(names):
    for name in names:
        __import__(name)
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)


class Kernel:
    def __init__(self):
        self.shell = make_shell()
        self.probes = {}

    def run(self, request, _arrays):
        """Run one cell; the answer says whether it raised, and what."""
        result = self.shell.run_cell(request["source"], store_history=False, silent=True)
        error = result.error_before_exec or result.error_in_exec
        return {"error": explain_error(error) if error else None}, {}

    def load(self, request, _arrays):
        """Take the probes the judge will call: functions (namespace, args, arrays) → arrays."""
        code = compile(request["source"], "<probes>", "exec")
        self.probes = {"__name__": "probes", "warm": WARM}
        exec(code, self.probes)
        return {"error": None}, {}

    def call(self, request, arrays):
        """Call one probe on the student's names."""
        try:
            probe = self.probes[request["name"]]
            value, out = probe(self.shell.user_ns, request["args"], arrays)
            json.dumps(value)
            frames.encode({}, out)
        except (Exception, KeyboardInterrupt, SystemExit) as error:
            return {"error": explain_error(error), "value": None}, {}
        return {"error": None, "value": value}, out


def reseed(seed):
    import numpy

    random.seed(seed)
    numpy.random.seed(seed % 2**32)
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(seed)


def fonts():
    """Matplotlib's list of fonts where it looks for one, so that it need not search for seconds."""
    folder = os.environ["MPLCONFIGDIR"]
    os.makedirs(folder, exist_ok=True)
    for name in os.listdir(FONTS) if os.path.isdir(FONTS) else ():
        shutil.copy(os.path.join(FONTS, name), folder)


def serve(reader, writer):
    """Say that the kernel is there, then answer requests until the wire closes."""
    fonts()
    kernel = Kernel()
    writer.write(frames.encode({"ready": True}))
    writer.flush()
    while True:
        request, arrays = read_request(reader)
        began = time.perf_counter()
        reseed(int(request.get("seed", 0)))
        header, out = getattr(kernel, request["op"])(request, arrays)
        header.update(id=request["id"], seconds=time.perf_counter() - began)
        writer.write(frames.encode(header, out))
        writer.flush()


def main():
    os.environ.pop("KERNEL_PATH")
    reader, writer = private_wire()
    set_limits(json.loads(os.environ.pop("KERNEL_LIMITS")))
    if compiled := os.environ.pop("KERNEL_FILTER", ""):
        refuse_calls(compiled)
    preload(os.environ.pop("KERNEL_PRELOAD").split())
    serve(reader, writer)


if __name__ == "__main__":
    main()
