"""The filter on system calls: what is refused, and that honest code does not notice."""

from __future__ import annotations

import os
import socket

import pytest

from autograder.jail import syscalls
from autograder.jail.kernel import Jail
from autograder.pipeline import Jails
from glaucam import doctor
from tests.autograder.test_jail import look, refused

pytestmark = [pytest.mark.jail, pytest.mark.xdist_group("jail")]


@pytest.fixture(scope="module", autouse=True)
def libseccomp() -> None:
    if not syscalls.program() and os.environ.get("CI"):
        pytest.fail("libseccomp is missing, and CI is meant to have it")
    if not syscalls.program():
        pytest.skip(syscalls.MISSING)


def called(jail: Jail, *words: int) -> str:
    """What a raw system call met."""
    code = "import ctypes, errno\nlibc = ctypes.CDLL(None, use_errno=True)\n"
    code += f"found = libc.syscall(*map(ctypes.c_long, {words}))\n"
    code += "found = errno.errorcode[ctypes.get_errno()] if found < 0 else 'done'"
    return look(jail, code)


def number(name: str) -> int:
    import pyseccomp

    return pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name)


def test_every_refused_call_is_refused(kernel: Jail):
    """One after the other with no arguments: EPERM comes before Linux looks at them."""
    known = syscalls.known_names(syscalls.library()) & syscalls.refused_names()
    met = {name: called(kernel, number(name), 0, 0, 0, 0, 0, 0) for name in sorted(known)}
    assert met == dict.fromkeys(sorted(known), "EPERM")
    for name in ("unshare", "keyctl", "io_uring_setup", "ptrace", "bpf", "memfd_create"):
        assert name in known


def test_a_call_that_the_filter_does_not_know_does_not_exist(kernel: Jail):
    assert called(kernel, 1000) == "ENOSYS"
    assert called(kernel, number("clone3"), 0, 0) == "ENOSYS"


@pytest.mark.parametrize("flag", syscalls.NAMESPACES)
def test_no_process_is_born_into_a_namespace_of_its_own(kernel: Jail, flag: int):
    assert called(kernel, number("clone"), flag | 17, 0, 0, 0, 0) == "EPERM"


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK, 40, 38])
def test_only_local_sockets_are_had(kernel: Jail, family: int):
    """40 is AF_VSOCK, which no namespace separates; 38 is AF_ALG. No way round by high bits."""
    assert refused(kernel, f"socket.socket({int(family)}, 1)") == "EAFNOSUPPORT"
    assert called(kernel, number("socket"), (1 << 32) | int(family), 1, 0) == "EAFNOSUPPORT"
    assert called(kernel, number("socketpair"), int(family), 1, 0, 0) == "EAFNOSUPPORT"
    assert refused(kernel, "socket.socketpair()") == ""


HONEST: dict[str, str] = {
    "a network is trained": "import torch, torchvision\n"
    "net = torchvision.models.resnet18(weights=None, num_classes=2)\n"
    "optimiser = torch.optim.AdamW(net.parameters())\n"
    "net(torch.randn(2, 3, 32, 32)).sum().backward(); optimiser.step()\n"
    "torch.save(net.state_dict(), '/tmp/net.pt'); torch.load('/tmp/net.pt')",
    "DataLoader has workers": "import torch\n"
    "from torch.utils.data import DataLoader, TensorDataset\n"
    "loader = DataLoader(TensorDataset(torch.randn(16, 3)), batch_size=4, num_workers=2)\n"
    "assert sum(len(x) for x, in loader) == 16",
    "two threads multiply": "import torch\ntorch.set_num_threads(2)\n"
    "(torch.randn(300, 300) @ torch.randn(300, 300)).sum(); torch.set_num_threads(1)",
    "pools": "from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor\n"
    "with ThreadPoolExecutor(3) as pool: assert list(pool.map(abs, [-1])) == [1]\n"
    "with ProcessPoolExecutor(2) as pool: assert list(pool.map(abs, [-1])) == [1]",
    "subprocess and shell": "import subprocess\n"
    "assert 'usr' in subprocess.run(['ls', '/'], capture_output=True, text=True).stdout\n!true",
    "pandas": "import pandas as pd\npd.DataFrame({'a': [1, 2]}).to_csv('/tmp/a.csv')\n"
    "assert pd.read_csv('/tmp/a.csv').a.sum() == 3",
    "sklearn": "from sklearn.ensemble import RandomForestClassifier\n"
    "RandomForestClassifier(4, n_jobs=2).fit([[0], [1], [2], [3]], [0, 0, 1, 1])",
    "matplotlib": "import matplotlib.pyplot as plt\n"
    "plt.plot([1, 2], [2, 1])\nplt.savefig('/tmp/a.png')",
    "images": "import cv2, numpy as np\nfrom PIL import Image\nfrom skimage import filters\n"
    "Image.fromarray(np.zeros((8, 8, 3), np.uint8)).save('/tmp/a.jpg')\n"
    "filters.sobel(cv2.imread('/tmp/a.jpg')[..., 0])",
    "asyncio": "import asyncio, threading\nasync def wait(): await asyncio.sleep(0); return 1\n"
    "box = []\nrun = threading.Thread(target=lambda: box.append(asyncio.run(wait())))\n"
    "run.start(); run.join(); assert box == [1]\nawait wait()",
    "ctypes, sqlite and shared memory": "import ctypes, sqlite3\n"
    "from multiprocessing.shared_memory import SharedMemory\n"
    "assert ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)(lambda x: x + 1)(2) == 3\n"
    "sqlite3.connect('/tmp/a.db').execute('create table t (a)')\n"
    "box = SharedMemory(create=True, size=8); box.close(); box.unlink()",
}


@pytest.fixture(scope="module")
def torch_kernel(jails: Jails):
    with jails.take() as jail:
        yield jail


@pytest.mark.parametrize("code", HONEST.values(), ids=HONEST)
def test_honest_code_does_not_notice(torch_kernel: Jail, code: str):
    result = torch_kernel.run(code)
    assert result.error is None, str(result.error)


def test_without_libseccomp_the_doctor_says_so(monkeypatch):
    monkeypatch.setattr(doctor, "find_library", lambda name: None)
    missing = {part.name: part.package for part in doctor.missing_parts()}
    assert missing["libseccomp"] == "libseccomp2"


def test_without_libseccomp_there_is_no_filter_and_no_crash(monkeypatch):
    monkeypatch.setattr(syscalls, "library", lambda: None)
    assert syscalls.program.__wrapped__() == ""
