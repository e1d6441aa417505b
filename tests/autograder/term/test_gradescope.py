"""The Gradescope autograder, laid out as there, against `grade` on the same file."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from contextlib import closing, suppress
from pathlib import Path

import pytest

from autograder.export.gradescope_zip import gradescope_zip, requirements
from autograder.jail import walls as walls_module
from autograder.jail.kernel import Jail, JailBroken, KernelLost
from autograder.jail.limits import Limits
from autograder.jail.other_user import LOWEST, OtherUser, as_user, living
from autograder.jail.walls import open_walls
from autograder.judge.assignment import load_assignment
from autograder.source import ROOT
from autograder.term.graded import read_graded
from glaucam.errors import InputError
from tests.autograder.term.conftest import ID, SEED, Run

root_only = pytest.mark.skipif(os.geteuid() != 0, reason="another user id needs root")


@pytest.fixture(scope="module")
def content() -> bytes:
    return gradescope_zip(ID, SEED)


def test_the_zip_holds_the_judge_and_nothing_it_does_without(content: bytes):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        modes = {e.filename: e.external_attr >> 16 & 0o777 for e in archive.infolist()}
        settings = json.loads(archive.read("assignment.json"))
    assert settings == {"assignment": ID, "seed": SEED, "visibility": "after_published"}
    assert modes["setup.sh"] == modes["run_autograder"] == 0o755
    assert modes["assignment.json"] == 0o644
    assert [n for n in names if n.startswith("solutions/")] == [f"solutions/{ID}.py"]
    assert not any("/bank/" in name or "__pycache__" in name for name in names)


def test_the_same_zip_comes_out_again(content: bytes):
    assert gradescope_zip(ID, SEED) == content
    with pytest.raises(InputError, match="visibility is 'now'"):
        gradescope_zip(ID, SEED, "now")


def test_requirements_are_pinned_and_hold_nothing_withheld():
    lines = requirements(load_assignment("a3_gradcam").withheld)
    assert all("==" in line and "+" not in line for line in lines)
    names = {line.partition("==")[0] for line in lines}
    assert {"torch", "nbgrader", "jupytext", "ipython"} <= names
    assert "captum" not in names


@pytest.mark.parametrize("script", ["setup.sh", "run_autograder"])
def test_scripts_are_shell(content: bytes, script: str):
    text = zipfile.ZipFile(io.BytesIO(content)).read(script)
    assert text.startswith(b"#!/usr/bin/env bash\n")
    subprocess.run(["bash", "-n"], input=text, check=True)


def reachable_python(bwrap: str) -> list[str]:
    """What lets another user run this Python where it lies in a home that is shut.

    Gradescope's images have theirs below /usr and /opt; here a tmpfs stands in for the shut home.
    """
    base = Path(sys.base_prefix).resolve()
    shut = [p for p in base.parents if p != Path("/") and not p.stat().st_mode & 0o001]
    if not shut:
        return []
    top = str(shut[-1])
    opened = ["--perms", "0755", "--tmpfs", top, "--ro-bind", str(base), str(base)]
    return [bwrap, "--dev-bind", "/", "/", *opened]


@pytest.mark.jail
@pytest.mark.slow
@root_only
def test_it_gives_the_points_that_grade_gives(
    content: bytes, graded_once: Run, bubblewrap: str, tmp_path: Path
):
    """bob's notebook, which has a known mistake; and what a kernel there could read."""
    root = tmp_path / "autograder"
    for folder in ("source", "submission", "results"):
        (root / folder).mkdir(parents=True)
    zipfile.ZipFile(io.BytesIO(content)).extractall(root / "source")
    (root / "submission_metadata.json").write_text("{}")
    shutil.copy(graded_once.submitted / "bob" / ID / f"{ID}.ipynb", root / "submission" / "x.ipynb")
    run = [*reachable_python(bubblewrap), "bash", str(root / "source" / "run_autograder")]
    where = {"AUTOGRADER_ROOT": str(root), "GRADER_PYTHON": sys.executable}
    done = subprocess.run(
        run,
        env={"PATH": os.environ["PATH"], "HOME": "/nowhere", **where},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    made = json.loads((root / "results" / "results.json").read_text())
    ours = {row.check: row for row in read_graded(graded_once.out).of("bob")}
    assert {t["name"]: t["score"] for t in made["tests"]} == {c: r.points for c, r in ours.items()}
    assert {t["name"]: t["output"] for t in made["tests"]} == {
        check: row.message for check, row in ours.items()
    }
    assert "weaker isolation" in made["output"]
    assert made["extra_data"]["isolation"] == OtherUser.name
    assert (root / "source").stat().st_mode & 0o777 == 0o700
    assert (root / "submission_metadata.json").stat().st_mode & 0o777 == 0o600


def test_it_is_never_chosen_by_itself():
    for trust in (False, True):
        walls = open_walls(frozenset(), trust)
        assert not isinstance(walls, OtherUser)
        walls.close()


def test_no_user_of_the_machine_is_ever_meant():
    for uid in (0, 1000, 65534, LOWEST - 1):
        with pytest.raises(JailBroken, match="may be somebody's"):
            as_user(uid)


PRYING = """
import os, pathlib, signal, subprocess
tried = {}
def attempt(name, action):
    try:
        tried[name] = f"done: {action()!r:.40}"
    except OSError as error:
        tried[name] = type(error).__name__
attempt("secret", lambda: pathlib.Path(SECRET).read_text())
attempt("judge's memory", lambda: open(f"/proc/{os.getppid()}/mem", "rb").read(1))
attempt("judge's environment", lambda: open(f"/proc/{os.getppid()}/environ", "rb").read())
attempt("judge's life", lambda: os.kill(os.getppid(), signal.SIGTERM))
attempt("root again", lambda: os.setuid(0))
attempt("system file", lambda: open("/usr/bin/planted", "w"))
for _ in range(3):
    subprocess.Popen(["sleep", "1000"], start_new_session=True)
mine = os.getuid()
"""
PROBE = """
def probe(names, args, arrays):
    return {"tried": names["tried"], "uid": names["mine"]}, {}
"""


def pry(secret: Path) -> dict[str, object]:
    """What a kernel behind these walls reaches, and what of it is left; run where it may start.

    Only numpy is preloaded, so that a kernel starts at once.
    """
    walls_module.PRELOAD = "numpy"
    walls = OtherUser()
    with closing(walls):
        hidden, seen = walls.hides(secret), walls.hides(Path("/usr/bin"))
        with Jail(walls, Limits()) as jail:
            jail.run(f"SECRET = {str(secret)!r}\n{PRYING}")
            jail.load(PROBE)
            value = jail.call("probe", {}).value
            alive = len(living(value["uid"]))
        left = len(living(value["uid"]))
        bomb = Jail(walls, Limits(processes=20, cell_seconds=1)).start()
        with suppress(KernelLost):
            bomb.run(
                "import os\nwhile True:\n    try:\n        os.fork()\n    except OSError: pass"
            )
        users = (value["uid"], value["uid"] + 1)
        left += len(living(users[1]))
    homes = [str(p) for p in Path("/tmp").glob("kernel-home-*") if p.stat().st_uid in users]
    return {**value, "hidden": hidden, "seen": seen, "alive": alive, "left": left, "homes": homes}


@pytest.mark.jail
@root_only
def test_what_these_walls_do_keep_out(tmp_path: Path, bubblewrap: str):
    secret = tmp_path / "secret"
    secret.write_text("the answer")
    secret.chmod(0o600)
    script = (
        "import json, pathlib\nfrom tests.autograder.term.test_gradescope import pry\n"
        f"print(json.dumps(pry(pathlib.Path({str(secret)!r}))))"
    )
    done = subprocess.run(
        [*reachable_python(bubblewrap), sys.executable, "-c", script],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "course")])},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["hidden"], found["seen"]) == (True, False)
    assert set(found["tried"].values()) == {"PermissionError"}, found["tried"]
    assert found["uid"] >= LOWEST
    assert found["alive"] == 4  # the kernel, and three sleepers in sessions of their own
    assert found["left"] == 0
    assert found["homes"] == []
