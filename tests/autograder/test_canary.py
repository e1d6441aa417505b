"""Each run begins with a canary: it is silent behind whole walls, and stops the run at a hole."""

from __future__ import annotations

import json
import os
from collections.abc import Callable

import pytest

from autograder.__main__ import main
from autograder.formative import check_notebook
from autograder.jail import canary, syscalls
from autograder.jail import walls as walls_module
from autograder.jail.canary import prove
from autograder.jail.kernel import JailBroken
from autograder.jail.limits import Limits
from autograder.pipeline import open_jails
from glaucam.errors import InputError
from tests.autograder.conftest import ID
from tests.autograder.submissions import hand_in, notebook

pytestmark = [pytest.mark.jail, pytest.mark.xdist_group("jail")]
namespaces, all_mounts = walls_module.namespaces, walls_module.all_mounts
Sabotage = Callable[[pytest.MonkeyPatch], None]


def shared(flag: str) -> Sabotage:
    """The outer jail, or the only one, without one of its namespaces."""
    return lambda patch: patch.setattr(
        walls_module, "namespaces", lambda caps: [f for f in namespaces(caps) if f != flag]
    )


def opened(*extra: str) -> Sabotage:
    return lambda patch: patch.setattr(
        walls_module, "all_mounts", lambda withheld: [*all_mounts(withheld), *extra]
    )


def unfiltered(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(walls_module, "refused_calls", lambda: "")


def unlimited(patch: pytest.MonkeyPatch) -> None:
    loose = {k: v for k, v in Limits().rlimits().items() if k not in ("AS", "NOFILE")}
    given = walls_module.kernel_environment
    patch.setattr(
        walls_module,
        "kernel_environment",
        lambda *words: {**given(*words), "KERNEL_LIMITS": json.dumps(loose)},
    )


def talkative(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(walls_module.ENVIRONMENT, "SECRET_OF_THE_CALLER", "open sesame")


SABOTAGE = {
    "network": (shared("--unshare-net"), "connects by .*unix; it shares .* net"),
    "processes": (shared("--unshare-pid"), "shares .* pid.*sees processes of others"),
    "files": (opened("--ro-bind", "/etc", "/etc"), "reads /etc/passwd"),
    "system calls": (unfiltered, "calls are not filtered; it opens AF_VSOCK"),
    "limits": (unlimited, "exceeds its .*open files"),
}


def broken(patch: pytest.MonkeyPatch, sabotage: Sabotage) -> walls_module.Bubblewrap:
    """Walls with a hole; numpy only, so that a kernel starts at once."""
    patch.setattr(walls_module, "PRELOAD", "numpy")
    sabotage(patch)
    return walls_module.Bubblewrap()


def test_whole_walls_hold_it(walls):
    prove(walls, Limits())


@pytest.mark.parametrize("hole", SABOTAGE)
def test_it_finds_and_names_a_hole(bubblewrap, monkeypatch, hole):
    sabotage, said = SABOTAGE[hole]
    if hole == "system calls" and not syscalls.program():
        pytest.skip(syscalls.MISSING)
    with pytest.raises(JailBroken, match=f"the jail does not hold: .*{said}") as error:
        prove(broken(monkeypatch, sabotage), Limits())
    assert "\n" not in str(error.value)


def test_what_nobody_gave_it_in_its_environment_is_found(bubblewrap, monkeypatch):
    with pytest.raises(JailBroken, match=r"inherits SECRET_OF_THE_CALLER"):
        prove(broken(monkeypatch, talkative), Limits())


@pytest.fixture
def hole(monkeypatch):
    """Every jail of this process shows /etc."""
    monkeypatch.setattr(walls_module, "PRELOAD", "numpy")
    opened("--ro-bind", "/etc", "/etc")(monkeypatch)


def test_a_run_with_a_hole_stops_in_one_line(bubblewrap, hole, tmp_path, capsys):
    hand_in(tmp_path / "in", "ann", notebook())
    words = ["--submitted", str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--workers", "1"]
    assert main(["grade", ID, *words]) == 2
    lines = [line for line in capsys.readouterr().err.splitlines() if line.startswith("autograder")]
    assert len(lines) == 1
    assert "the jail does not hold: it reads /etc/passwd" in lines[0]
    assert not (tmp_path / "out" / "grades.csv").exists()


def test_so_do_verify_and_the_page(bubblewrap, hole, tmp_path, capsys):
    assert main(["verify", ID, "--workers", "1"]) == 2
    assert "the jail does not hold" in capsys.readouterr().err
    upload = hand_in(tmp_path, "ann", notebook())
    with pytest.raises(InputError, match="did not pass its own test"):
        check_notebook(ID, upload)


def test_nothing_is_proved_under_trust(assignment, monkeypatch):
    monkeypatch.setattr(canary, "lay_out", lambda *_: pytest.fail("a canary without a jail"))
    with open_jails(assignment, trust=True, ahead=False) as jails:
        jails.prove()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives kernels a user of their own")
def test_a_kernel_that_stays_root_is_found(bubblewrap, monkeypatch):
    monkeypatch.setattr(walls_module, "own_user", list)
    with pytest.raises(JailBroken, match="runs as root or as you"):
        prove(broken(monkeypatch, lambda patch: None), Limits())
