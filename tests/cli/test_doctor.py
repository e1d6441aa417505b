"""The doctor finds what is there, and says how to mend what is not."""

import json
import subprocess

import pytest

from glaucam import cli, doctor


@pytest.fixture
def bare(monkeypatch):
    """A machine without the system parts, where this process may not install."""
    monkeypatch.setattr(doctor.shutil, "which", lambda name: None)
    monkeypatch.setattr(doctor.glob, "glob", lambda pattern: [])


def test_it_reports_every_part_with_what_it_is_for(capsys):
    assert cli.main(["doctor", "--json"]) == 0
    parts = {row["name"]: row for row in json.loads(capsys.readouterr().out)["parts"]}
    assert parts["torch"]["found"]
    assert {"Python", "uv", "GPU", "bubblewrap", "Chromium", "setpriv"} <= parts.keys()
    assert all(row["needed_for"] for row in parts.values())


def test_a_missing_part_comes_with_the_command_that_brings_it(bare):
    findings = {finding.name: finding for finding in doctor.examine()}
    assert findings["bubblewrap"].found is None
    assert findings["bubblewrap"].mend.endswith(
        "apt-get install -y --no-install-recommends bubblewrap"
    )
    assert findings["uv"].mend == doctor.INSTALL_UV


def test_any_of_the_names_of_a_browser_will_do(monkeypatch):
    monkeypatch.setattr(
        doctor.shutil, "which", lambda name: "/opt/chrome" if name == "google-chrome" else None
    )
    missing = {part.name for part in doctor.missing_parts()}
    assert {"bubblewrap", "setpriv"} <= missing
    assert "Chromium" not in missing


def test_a_part_off_path_is_found_in_its_folder(bare, monkeypatch):
    """Debian keeps PostgreSQL's server programs off PATH, a folder per version."""
    old, new = (f"/usr/lib/postgresql/{version}/bin/initdb" for version in (14, 15))
    monkeypatch.setattr(doctor.glob, "glob", lambda pattern: [new, old])
    found = {finding.name: finding.found for finding in doctor.examine()}
    assert found["PostgreSQL"] == new


def test_without_the_right_to_install_it_says_what_to_run_and_touches_nothing(bare, monkeypatch):
    monkeypatch.setattr(doctor.subprocess, "run", lambda *a, **k: pytest.fail("ran a command"))
    mended, says = doctor.mend()
    assert not mended
    assert says == (
        "run this yourself: sudo apt-get install -y --no-install-recommends "
        "bubblewrap util-linux chromium postgresql"
    )
    assert cli.main(["doctor", "--mend"]) == 0


def fake_apt(monkeypatch, succeeds):
    """A machine where this process is root and apt installs bubblewrap, or fails."""
    here, ran = {"apt-get", "setpriv", "chromium", "initdb"}, []

    def run(command, **_):
        ran.append(command)
        if succeeds and "install" in command:
            here.add("bwrap")
        return subprocess.CompletedProcess(command, 0 if succeeds else 100)

    monkeypatch.setattr(doctor.shutil, "which", lambda name: name if name in here else None)
    monkeypatch.setattr(doctor.os, "geteuid", lambda: 0)
    monkeypatch.setattr(doctor.subprocess, "run", run)
    return ran


def test_root_with_apt_installs_only_what_is_missing(monkeypatch):
    ran = fake_apt(monkeypatch, succeeds=True)
    assert doctor.mend() == (True, "installed bubblewrap")
    assert ran[-1] == ["apt-get", "install", "-y", "--no-install-recommends", "bubblewrap"]


def test_a_failed_installation_is_said_and_exits_1(monkeypatch, capsys):
    fake_apt(monkeypatch, succeeds=False)
    assert cli.main(["doctor", "--mend", "--json"]) == 1
    assert "failed with exit code 100" in json.loads(capsys.readouterr().out)["mend"]
