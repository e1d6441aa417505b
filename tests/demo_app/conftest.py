"""A page that really runs, in a process of its own, and a browser to visit it."""

import os
import socket
import subprocess
import sys
from pathlib import Path
from threading import Timer

import pytest
from PIL import Image

from demo_app.eyes import example_eye

ROOT = Path(__file__).parents[2]
START = 120  # s until a page must serve, on a busy machine
PATIENCE = 90_000  # ms for what a page does


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """``python -m demo_app`` until ``stop``."""

    def __init__(self, port: int, temporary: Path) -> None:
        self.address, self.temporary = f"http://127.0.0.1:{port}", temporary
        self.process = subprocess.Popen(
            [sys.executable, "-m", "demo_app", "--port", str(port)],
            cwd=ROOT,
            env={**os.environ, "TMPDIR": str(temporary)},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def wait(self) -> "Server":
        late = Timer(START, self.process.kill)  # ends the reading below
        late.start()
        started = any("serves on" in line for line in self.process.stdout)
        late.cancel()
        assert started, f"the page did not start: exit {self.process.wait()}"
        return self

    def peak_memory(self) -> int:
        """Bytes: the largest resident size so far."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) * 1024

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(20)


@pytest.fixture
def port():
    return free_port()


@pytest.fixture(scope="session")
def launch():
    """``launch(folder)`` serves a page whose temporary files lie in ``folder``."""
    servers = []

    def launch(temporary):
        servers.append(Server(free_port(), temporary))
        return servers[-1].wait()

    yield launch
    for server in servers:
        server.stop()


@pytest.fixture(scope="session")
def server(launch, tmp_path_factory):
    return launch(tmp_path_factory.mktemp("page"))


@pytest.fixture
def visit(browser, server):
    """``visit(width, …)`` opens the page; every address it asked for lands in ``page.asked``."""
    contexts = []

    def open_page(width=1280, height=900, **options):
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.asked = []
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(server.address)
        page.locator("#photo input[type=file]").wait_for(state="attached")
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def phantom_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("eyes") / "eye.png"
    Image.fromarray(example_eye("glaucoma-crop").image).save(path)
    return path
