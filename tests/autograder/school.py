"""A small school around the real ``nbgrader``: a course folder, an exchange, students of that name.

nbgrader takes a student's name from the operating system. A student's command therefore runs with
a password file of its own bound over the system's, in which this user has the student's name.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from autograder.source import ROOT

PATIENCE = 300  # s one command may take on a busy machine


class School:
    """``folder``/course is the instructor's, ``folder``/students/<name> a student's."""

    def __init__(self, folder: Path, assignment: str) -> None:
        self.folder, self.assignment = folder, assignment
        self.course = folder / "course"
        self.course.mkdir()
        (folder / "exchange").mkdir(mode=0o777)
        (self.course / "nbgrader_config.py").symlink_to(ROOT / "autograder" / "nbgrader_config.py")
        self._settle(self.course)

    def _settle(self, place: Path) -> None:
        settings = {
            "CourseDirectory": {"course_id": "eyes"},
            "Exchange": {"root": str(self.folder / "exchange")},
            "ExchangeCollect": {"check_owner": False},  # all these students are one system user
        }
        (place / "nbgrader_config.json").write_text(json.dumps(settings))

    def desk(self, student: str) -> Path:
        """The student's own folder."""
        place = self.folder / "students" / student
        if not place.exists():
            place.mkdir(parents=True)
            self._settle(place)
        return place

    def teach(self, *words: str) -> str:
        """A command of the instructor's: what it printed."""
        return run([sys.executable, "-m", "nbgrader", *words], self.course)

    def study(self, student: str, *words: str) -> str:
        """A command of the student's: what it printed."""
        desk = self.desk(student)
        names = desk.with_suffix(".passwd")
        names.write_text(f"{student}:x:{os.getuid()}:{os.getgid()}::{desk}:/bin/sh\n")
        alone = [str(shutil.which("bwrap")), "--dev-bind", "/", "/", "--ro-bind", str(names)]
        command = [*alone, "/etc/passwd", "--", sys.executable, "-m", "nbgrader", *words]
        return run(command, desk)


def run(command: list[str], folder: Path) -> str:
    """Run it there, with this environment's programs on the path; its output, or a failed test."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PATH": path, "HOME": str(folder)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, f"{' '.join(command[-4:])}: {done.stderr[-2000:]}"
    return done.stdout + done.stderr
