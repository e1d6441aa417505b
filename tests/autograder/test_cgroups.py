"""Where cgroups may be made, read from Linux's tables; at work they are tried in test_jail.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.jail import cgroups
from autograder.jail.cgroups import CONTROLLERS, Group, Place, candidates, sweep, usable
from autograder.jail.limits import Limits


def table(at: Path, kind: str, options: str, root: str = "/") -> str:
    return f"30 20 0:25 {root} {at} rw,relatime - {kind} {kind} rw,{options}"


def test_version_1_has_a_place_per_controller(tmp_path: Path):
    for name in ("memory/own", "pids"):
        (tmp_path / name).mkdir(parents=True)
    mounts = "\n".join(table(tmp_path / n, "cgroup", n) for n in ("memory", "pids", "blkio"))
    own = "4:memory:/own\n8:pids:/\n7:blkio:/\n0::/"
    found = candidates(mounts, own)
    assert found == [
        Place(tmp_path / "memory" / "own", 1, ("memory",)),
        Place(tmp_path / "pids", 1, ("pids",)),
    ]


def test_version_2_tries_its_own_group_and_the_one_above(tmp_path: Path):
    (tmp_path / "user.slice" / "run.scope").mkdir(parents=True)
    found = candidates(table(tmp_path, "cgroup2", "nsdelegate"), "0::/user.slice/run.scope")
    assert [place.folder.name for place in found] == ["run.scope", "user.slice"]
    assert {place.controllers for place in found} == {CONTROLLERS}


def test_a_group_that_is_out_of_sight_falls_back_to_what_is_mounted(tmp_path: Path):
    (place,) = candidates(table(tmp_path, "cgroup", "pids"), "8:pids:/docker/123")
    assert place.folder == tmp_path


def test_what_is_written_bounds_memory_swap_and_processes():
    limits = Limits(memory=1 << 30, processes=10)
    one = Place(Path("/x"), 1, CONTROLLERS).values(limits)
    assert one["memory.limit_in_bytes"] == one["memory.memsw.limit_in_bytes"] == 1 << 30
    two = Place(Path("/x"), 2, CONTROLLERS).values(limits)
    assert (two["memory.max"], two["memory.swap.max"], two["memory.oom.group"]) == (1 << 30, 0, 1)
    assert one["pids.max"] == two["pids.max"] == 10 + cgroups.SPARE


def test_where_none_may_be_made_there_is_none(tmp_path: Path, monkeypatch):
    """A plain folder stands for a hierarchy this user may not write: no controller's file in it."""
    place = Place(tmp_path, 1, ("memory",))
    assert not usable(place)
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr(cgroups, "places", lambda: ())
    group = Group(Limits())
    assert (group.doors, group.around(["true"]), group.inhabited) == ([], ["true"], False)


@pytest.mark.skipif(not Path("/proc/1").exists(), reason="no /proc here")
def test_only_groups_of_dead_runs_are_swept(tmp_path: Path):
    dead, alive, other = (tmp_path / n for n in ("glaucam-4194304999-1", "glaucam-1-0", "docker"))
    for folder in (dead, alive, other):
        folder.mkdir()
    sweep(tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted([alive, other])
