"""Workers elsewhere: who may be reached, and that a dead one costs nothing."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from distributed import Client, Security

from autograder.__main__ import main
from autograder.cluster import is_loopback, security_for
from autograder.source import ROOT
from glaucam.errors import InputError
from tests.autograder.conftest import ID, SEED
from tests.autograder.submissions import hand_in, notebook, solution

SLOW = "import time\ntime.sleep(2)\n"
PATIENCE = 120  # s on a busy machine


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("tcp://10.0.0.7:8786", "expected tls://"),
        ("tcp://grader.example.org:8786", "expected tls://"),
        ("10.0.0.7:8786", "expected tls://"),
        ("ws://127.0.0.1:8786", "expected tls://"),
        ("tls://10.0.0.7:8786", "needs certificates"),
    ],
)
def test_an_open_or_unproven_scheduler_is_refused(address: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        security_for(address)


def test_plain_tcp_may_stay_on_this_machine() -> None:
    assert not security_for("tcp://127.0.0.1:8786").require_encryption
    assert is_loopback("::1")
    assert is_loopback("localhost")
    assert not is_loopback("0.0.0.0")


@pytest.mark.jail
def test_a_refused_scheduler_is_one_line_and_exit_2(bubblewrap, tmp_path: Path, capsys) -> None:
    hand_in(tmp_path / "submitted", "ann", notebook())
    words = ["--submitted", str(tmp_path / "submitted"), "--out", str(tmp_path / "out")]
    assert main(["grade", ID, *words, "--scheduler", "tcp://10.0.0.7:8786"]) == 2
    (line,) = capsys.readouterr().err.strip().splitlines()
    assert "tcp://10.0.0.7:8786" in line


@pytest.fixture
def certificate(tmp_path: Path) -> dict[str, str]:
    """Dask's settings for a certificate of our own making, which all sides show and trust."""
    openssl = shutil.which("openssl")
    if openssl is None and not os.environ.get("CI"):
        pytest.skip("no openssl on this machine")
    key, cert = str(tmp_path / "key.pem"), str(tmp_path / "cert.pem")
    command = [str(openssl), "req", "-x509", "-newkey", "ec", "-pkeyopt"]
    command += ["ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key, "-out", cert]
    subprocess.run(
        [*command, "-days", "2", "-subj", "/CN=grading"], check=True, capture_output=True
    )
    settings = {"DASK_DISTRIBUTED__COMM__TLS__CA_FILE": cert}
    for role in ("SCHEDULER", "WORKER", "CLIENT"):
        settings[f"DASK_DISTRIBUTED__COMM__TLS__{role}__CERT"] = cert
        settings[f"DASK_DISTRIBUTED__COMM__TLS__{role}__KEY"] = key
    return {**settings, "DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION": "True"}


@contextmanager
def program(words: list[str], folder: Path, settings: dict[str, str]) -> Iterator[subprocess.Popen]:
    """A part of Dask in a process, a session and a folder of its own."""
    folder.mkdir()
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    process = subprocess.Popen(
        [sys.executable, "-m", "dask", *words],
        cwd=folder,
        env={**os.environ, **settings, "PYTHONPATH": path},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def shown(settings: dict[str, str]) -> Security:
    """The same certificate for a client in this process."""
    tls = {name.rpartition("TLS__")[2]: value for name, value in settings.items()}
    return Security(
        require_encryption=True,
        tls_ca_file=tls["CA_FILE"],
        tls_client_cert=tls["CLIENT__CERT"],
        tls_client_key=tls["CLIENT__KEY"],
    )


def busy_worker(client: Client, workers: dict[int, subprocess.Popen]) -> subprocess.Popen:
    """A worker that is in the middle of a job."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        ids = client.run(os.getpid)
        for address, tasks in client.processing().items():
            if tasks:
                return workers[ids[address]]
        time.sleep(0.1)
    pytest.fail("no worker got a job")


@pytest.mark.jail
@pytest.mark.slow
@pytest.mark.xdist_group("jail")
def test_three_workers_of_which_one_is_killed_give_the_grades_of_one_process(
    bubblewrap, certificate: dict[str, str], tmp_path: Path
) -> None:
    """Over TLS; every worker has a folder of its own, and sees neither submissions nor results."""
    submitted = tmp_path / "submitted"
    for name in ("ann", "bob", "cem", "dee"):
        hand_in(submitted, name, notebook({"overlay": SLOW + solution("overlay") + f"\n# {name}"}))
    words = ["grade", ID, "--submitted", str(submitted), "--seed", str(SEED)]
    assert main([*words, "--out", str(tmp_path / "here"), "--workers", "1"]) == 0
    place, out = tmp_path / "scheduler.json", tmp_path / "there"
    with ExitStack() as stack:
        start = ["scheduler", "--host", "tls://127.0.0.1", "--port", "0", "--no-dashboard"]
        scheduler = [*start, "--scheduler-file", str(place)]
        stack.enter_context(program(scheduler, tmp_path / "scheduler", certificate))
        address = written(place)["address"]
        assert address.startswith("tls://")
        worker = ["worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard"]
        begun = [
            stack.enter_context(program(worker, tmp_path / f"worker{n}", certificate))
            for n in range(3)
        ]
        run = subprocess.Popen(
            [sys.executable, "-m", "autograder", *words, "--out", str(out), "--scheduler", address],
            cwd=ROOT,
            env={**os.environ, **certificate},
        )
        client = stack.enter_context(Client(address, security=shown(certificate)))
        busy_worker(client, {process.pid: process for process in begun}).send_signal(signal.SIGKILL)
        assert run.wait(PATIENCE) == 0
    assert (out / "grades.csv").read_bytes() == (tmp_path / "here" / "grades.csv").read_bytes()


def written(place: Path) -> dict[str, str]:
    """What a program writes into a file once it has started."""
    end = time.monotonic() + PATIENCE
    while not place.exists() and time.monotonic() < end:
        time.sleep(0.1)
    return json.loads(place.read_text())
