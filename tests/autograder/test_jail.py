"""What student code can see and do inside either kind of walls, tried by student code."""

from __future__ import annotations

import contextlib
import os
import socket
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograder.jail import cgroups
from autograder.jail.kernel import Jail, KernelLost
from autograder.source import ROOT

pytestmark = [pytest.mark.jail, pytest.mark.xdist_group("jail")]

PROBE = """
def look(namespace, args, arrays):
    scope = {}
    exec(args["code"], scope)
    return scope["found"], {}
"""
NewKernel = Callable[..., Jail]


def look(jail: Jail, code: str) -> Any:
    """Run code in the kernel and give back what it called ``found``."""
    jail.load(PROBE)
    result = jail.call("look", {"code": code})
    assert result.error is None, str(result.error)
    return result.value


def refused(jail: Jail, statement: str) -> str:
    """The name of the OSError that a statement met; "" where it went through."""
    return look(
        jail,
        "import errno, os, socket\nfound = ''\n"
        f"try:\n    {statement}\nexcept OSError as e:\n"
        "    found = errno.errorcode.get(e.errno, str(e))",
    )


def test_student_code_is_nobody(kernel):
    found = look(
        kernel,
        "import os\nstatus = dict(l.split(':', 1) for l in open('/proc/self/status'))\n"
        "found = {'ids': [*os.getresuid(), *os.getresgid()], 'groups': os.getgroups(),"
        " 'caps': [int(status['Cap' + k], 16) for k in ('Inh', 'Prm', 'Eff', 'Bnd', 'Amb')],"
        " 'no_new': status['NoNewPrivs'].strip()}",
    )
    assert 0 not in found["ids"]
    assert os.geteuid() != 0 or os.getuid() not in found["ids"]
    assert found["caps"] == [0] * 5
    assert found["no_new"] == "1"
    assert found["groups"] in ([], [65534])


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give out user ids")
def test_no_two_kernels_share_a_user(kernel, new_kernel: NewKernel):
    ask = "import os\nfound = os.getuid()"
    assert look(kernel, ask) != look(new_kernel(), ask)


def test_there_is_no_network(kernel):
    """Two walls: no family of sockets but local ones, and nothing in the network namespace."""
    none = ("ECONNREFUSED", "ENETUNREACH", "EHOSTUNREACH", "EAFNOSUPPORT")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert refused(kernel, f"socket.create_connection(('127.0.0.1', {port}), 2)") in none
    assert refused(kernel, "socket.create_connection(('192.0.2.1', 80), 2)") in none
    links = "found = [l.split(':')[0].strip() for l in open('/proc/net/dev') if ':' in l]"
    assert look(kernel, links) == ["lo"]


def test_a_local_socket_of_the_host_is_out_of_reach(kernel):
    name = f"glaucam-{uuid.uuid4().hex}"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("\0" + name)
        server.listen()
        assert refused(kernel, f"socket.socket(1).connect(chr(0) + '{name}')") == "ECONNREFUSED"


def test_no_process_but_its_own_is_there(kernel):
    found = look(
        kernel,
        "import os\nfound = {p: open(f'/proc/{p}/cmdline').read().split(chr(0))[-2:-1]"
        " for p in os.listdir('/proc') if p.isdigit()}",
    )
    assert len(found) <= 2
    assert all("/jail/kernel/" in command[0] for command in found.values())
    if os.getpid() > 2:
        assert refused(kernel, f"os.kill({os.getpid()}, 0)") == "ESRCH"


def test_nothing_of_the_caller_gets_through(kernel, tmp_path: Path):
    (tmp_path / "secret.txt").write_text("open sesame")
    hidden = [tmp_path, ROOT / "solutions", ROOT / "autograder", ROOT / "tests", Path.cwd()]
    found = look(
        kernel,
        f"import os\nfound = [p for p in {[str(p) for p in hidden]} if os.path.exists(p)]\n"
        "found += [k for p in ('self', '1') if os.access(f'/proc/{p}/environ', os.R_OK)"
        " for k in open(f'/proc/{p}/environ').read().split(chr(0)) if 'sesame' in k]\n"
        "found += [k for k in os.environ if 'SECRET' in k]",
    )
    assert found == []


@pytest.fixture(scope="module")
def every_path(kernel) -> list[str]:
    """Each path in the jail that has to do with this project or a peer library."""
    words = "glaucam grad_cam gradcam captum torchcam gradebook autograder"
    return look(
        kernel,
        f"import os\nwords = {words.split()}\nfound = [os.path.join(at, name)"
        " for at, folders, files in os.walk('/') if not at.startswith('/proc')"
        " for name in folders + files if any(w in os.path.join(at, name).lower() for w in words)]",
    )


def test_what_is_withheld_has_no_file_anywhere(every_path):
    ours = [p for p in every_path if p.startswith("/jail/kit/")]
    assert "/jail/kit/glaucam/registry.py" in ours  # so the search finds what is there
    assert [p for p in every_path if p not in ours] == []
    names = {Path(p).name.split(".")[0] for p in ours}
    withheld = {"methods", "plots", "checks", "explanation", "target_layer", "trace"}
    assert names & withheld == set()


def test_what_is_withheld_cannot_be_imported_whatever_the_import_system(kernel):
    names = ["pytorch_grad_cam", "torchcam", "captum", "glaucam.methods", "glaucam.checks"]
    names += ["glaucam.explanation", "glaucam.models.target_layer", "autograder.judge"]
    found = look(
        kernel,
        "import importlib, sys\nfrom importlib.machinery import PathFinder\n"
        "kept = list(sys.meta_path), list(sys.path_hooks)\n"
        "sys.meta_path[:] = [PathFinder]\nsys.path_importer_cache.clear()\nfound = []\n"
        f"for name in {names}:\n    try:\n        importlib.import_module(name)\n"
        "        found.append(name)\n    except ImportError:\n        pass\n"
        "sys.meta_path[:], sys.path_hooks[:] = kept",
    )
    assert found == []


def test_the_system_cannot_be_written(kernel):
    for place in ("/", "/usr/lib", "/usr/local/lib", "/jail/site", "/jail/kit/glaucam", "/etc"):
        assert refused(kernel, f"open('{place}/mark', 'w')") in ("EROFS", "EACCES", "ENOENT")
    mounts = look(kernel, "found = [l.split()[1:4] for l in open('/proc/mounts')]")
    writable = {at for at, kind, options in mounts if "rw" in options.split(",")}
    allowed = {"/tmp", "/dev/shm", "/proc", "/dev/pts"}
    assert {at for at in writable if not at.startswith("/dev/")} <= allowed
    devices = {"null", "zero", "full", "random", "urandom", "tty", "pts", "shm", "console"}
    assert {at.removeprefix("/dev/") for at in writable if at.startswith("/dev/")} <= devices


def test_temporary_space_is_bounded(new_kernel: NewKernel):
    jail = new_kernel(tmp=4 << 20)
    for place in ("/tmp", "/dev/shm"):
        assert refused(jail, f"open('{place}/big', 'wb').write(bytes(8 << 20))") == "ENOSPC"


def test_file_size_is_bounded(new_kernel: NewKernel):
    jail = new_kernel(file_size=1 << 20)
    write = "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
    assert refused(jail, write + "open('/tmp/big', 'wb').write(bytes(2 << 20))") == "EFBIG"


def test_memory_is_bounded_and_the_kernel_lives_on(new_kernel: NewKernel):
    jail = new_kernel(memory=1 << 30)
    error = jail.run("hoard = bytearray(2 << 30)").error
    assert error is not None
    assert error.name == "MemoryError"
    assert jail.run("1 + 1").error is None


def test_processes_are_bounded(new_kernel: NewKernel):
    jail = new_kernel(processes=12)
    found = look(
        jail,
        "import os, signal, time\nchildren = []\ntry:\n    while len(children) < 64:\n"
        "        pid = os.fork()\n        if pid == 0:\n            time.sleep(30); os._exit(0)\n"
        "        children.append(pid)\nexcept OSError:\n    pass\nfound = len(children)\n"
        "for pid in children: os.kill(pid, signal.SIGKILL)",
    )
    assert 0 < found < 12


HERD = """
import mmap, os, time
for _ in range(6):
    if os.fork() == 0:
        hoard = mmap.mmap(-1, 64 << 20)
        for at in range(0, len(hoard), 4096): hoard[at] = 1
        time.sleep(60)
time.sleep(0.5)
while os.waitpid(-1, 0)[1] != 9: pass
"""


@pytest.mark.skipif(not cgroups.places(), reason="no cgroup may be made on this machine")
def test_all_processes_of_a_kernel_are_bounded_together(new_kernel: NewKernel):
    """Each stays below its own limit; together they do not, and some of them are killed."""
    jail = new_kernel(memory=256 << 20, cell_seconds=60)
    jail.run("pass")
    assert jail.bounded
    with contextlib.suppress(KernelLost):  # whom of them Linux kills is not ours to choose
        assert jail.run(HERD).error is None
    jail.stop()
    assert new_kernel().run("1 + 1").error is None


@pytest.mark.skipif(not cgroups.places(), reason="no cgroup may be made on this machine")
def test_files_in_memory_are_bounded_with_it(new_kernel: NewKernel):
    jail = new_kernel(memory=256 << 20, tmp=512 << 20, file_size=1 << 30, cell_seconds=60)
    with pytest.raises(KernelLost, match="too much memory"):
        jail.run("f = open('/dev/shm/hoard', 'wb')\nfor _ in range(400): f.write(bytes(1 << 20))")
    assert new_kernel().run("1 + 1").error is None


def test_no_cgroup_is_left_behind(new_kernel: NewKernel):
    jail = new_kernel()
    jail.run("pass")
    own = [f for p in cgroups.places() for f in p.folder.glob(f"glaucam-{os.getpid()}-*")]
    assert len(own) >= len(cgroups.places())
    jail.stop()
    left = [f for p in cgroups.places() for f in p.folder.glob(f"glaucam-{os.getpid()}-*")]
    assert len(left) == len(own) - len(cgroups.places())


def test_a_cell_has_its_time(new_kernel: NewKernel):
    jail = new_kernel(cell_seconds=1)
    jail.run("pass")
    with pytest.raises(KernelLost, match="still running after 1 s"):
        jail.run("while True: pass")
    assert not jail.alive


def test_a_call_has_its_time(new_kernel: NewKernel):
    jail = new_kernel(call_seconds=2)
    with pytest.raises(KernelLost, match="still running after 2 s"):
        look(jail, "import time\ntime.sleep(60)\nfound = 0")


def test_a_notebook_has_its_time(new_kernel: NewKernel):
    jail = new_kernel(notebook_seconds=1.5)
    jail.run("import time; time.sleep(1)")
    with pytest.raises(KernelLost, match="time for grading was used up"):
        jail.run("import time; time.sleep(5)")


DAEMON = """
import os
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execv('/bin/sleep', ['sleep', '{seconds}'])
    os._exit(0)
"""


def running(argument: str) -> bool:
    """Whether a process of this machine has the argument on its command line."""
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if argument in entry.read_text(errors="replace"):
                return True
        except OSError:
            continue  # it ended meanwhile
    return False


def wait_until(true: Callable[[], bool], seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.05)
    return true()


@pytest.mark.parametrize("leave", ["", "os._exit(0)"], ids=["stopped", "gone by itself"])
def test_a_daemon_left_behind_dies_with_its_turn(new_kernel: NewKernel, leave: str):
    argument = f"86399.{uuid.uuid4().int % 10**9}"
    jail = new_kernel()
    jail.run(DAEMON.format(seconds=argument))
    assert wait_until(lambda: running(argument))
    if leave:
        with pytest.raises(KernelLost, match="ended the Python process"):
            jail.run(leave)
    jail.stop()
    assert wait_until(lambda: not running(argument))


def test_one_submission_leaves_nothing_for_the_next(new_kernel: NewKernel):
    mark = uuid.uuid4().hex
    first = new_kernel()
    first.run(
        "import os, sys, builtins\n"
        f"for p in ('/tmp/mark', '/dev/shm/mark'): open(p, 'w').write('{mark}')\n"
        f"builtins.mark = sys.modules['mark'] = os.environ['MARK'] = '{mark}'\n"
        f"for fd in (0, 1, 2): os.write(fd, b'{mark}')"
    )
    first.stop()
    found = look(
        new_kernel(),
        "import os, sys, builtins\n"
        "found = [p for p in ('/tmp/mark', '/dev/shm/mark') if os.path.exists(p)]\n"
        "found += [n for n, there in (('builtins', hasattr(builtins, 'mark')),"
        " ('modules', 'mark' in sys.modules), ('environment', 'MARK' in os.environ)) if there]\n"
        "for name in os.listdir('/proc/self/fd'):\n    try:\n"
        f"        found += ['fd ' + name] if b'{mark}' in os.pread(int(name), 4096, 0) else []\n"
        "    except OSError:\n        pass",
    )
    assert found == []


KEEP = """
import ctypes, os, socket
libc = ctypes.CDLL(None, use_errno=True)
box = socket.socket(socket.AF_UNIX); box.bind(chr(0) + "{mark}"); box.listen()
queue = libc.mq_open(b"/{mark}", os.O_CREAT | os.O_RDWR, 0o666, None)
"""
LOOK = """
import ctypes, os, socket
libc = ctypes.CDLL(None, use_errno=True)
found = []
caller = socket.socket(socket.AF_UNIX)
try:
    caller.connect(chr(0) + "{mark}")
    found.append("abstract socket")
except OSError:
    pass
if libc.mq_open(b"/{mark}", os.O_RDWR) >= 0: found.append("message queue")
if "{mark}" in open("/proc/net/unix").read(): found.append("list of sockets")
"""


def test_what_one_kernel_keeps_open_another_beside_it_cannot_find(new_kernel: NewKernel):
    """Abstract sockets and queues of IPC have no file: only namespaces separate them."""
    mark = f"mark{uuid.uuid4().hex[:12]}"
    first, second = new_kernel(), new_kernel()
    assert first.run(KEEP.format(mark=mark)).error is None
    assert look(first, LOOK.format(mark=mark)) == [
        "abstract socket",
        "message queue",
        "list of sockets",
    ]
    assert look(second, LOOK.format(mark=mark)) == []
