"""Without a jail nothing runs, unless trusted aloud; under CI not even then."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.__main__ import main
from autograder.trust import require_walls
from glaucam.errors import InputError

GRADE = ["grade", "a3_gradcam", "--submitted", "nowhere", "--out", "nowhere"]


def one_line(capsys: pytest.CaptureFixture) -> str:
    """What a refusal printed: one line on stderr, nothing on stdout."""
    said = capsys.readouterr()
    assert said.out == ""
    (line,) = said.err.strip().splitlines()
    return line


@pytest.mark.parametrize("command", [GRADE, ["verify", "a3_gradcam"]], ids=["grade", "verify"])
def test_without_bubblewrap_it_refuses_and_says_how_to_get_it(
    monkeypatch, tmp_path, capsys, command
):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(command) == 2
    assert "apt-get install bubblewrap" in one_line(capsys)


def test_bubblewrap_that_may_not_build_a_jail_is_as_good_as_none(monkeypatch, tmp_path: Path):
    fake = tmp_path / "bwrap"
    fake.write_text("#!/bin/sh\necho 'bwrap: setting up uid map: Permission denied' >&2\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(InputError, match=r"setting up uid map: Permission denied.*namespaces"):
        require_walls(trust=False)


def test_trust_is_loud(monkeypatch, capsys):
    monkeypatch.delenv("CI", raising=False)
    require_walls(trust=True)
    assert "WITHOUT A JAIL" in capsys.readouterr().err


def test_trust_is_refused_under_ci(monkeypatch, capsys):
    monkeypatch.setenv("CI", "true")
    assert main([*GRADE, "--trust"]) == 2
    assert "refused under CI" in one_line(capsys)
