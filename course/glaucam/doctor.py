"""What this machine has, what it lacks, and the command that mends it."""

from __future__ import annotations

import glob
import importlib.metadata
import os
import platform
import shutil
import subprocess
import sys
from ctypes.util import find_library
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Part:
    """A system part: any of ``programs`` will do, or the shared ``library`` of that name.

    ``package`` is Debian's name for it. ``folders``: a pattern of folders, off PATH, in which the
    package puts its programs.
    """

    name: str
    programs: tuple[str, ...]
    package: str
    needed_for: str
    library: str = ""
    folders: str = ""

    def find(self) -> str | None:
        """The path of one of its programs, or None."""
        if found := [path for name in self.programs for path in self._off_path(name)]:
            return found[-1]
        if on_path := next(filter(None, map(shutil.which, self.programs)), None):
            return on_path
        return find_library(self.library) if self.library else None

    def _off_path(self, name: str) -> list[str]:
        return sorted(glob.glob(f"{self.folders}/{name}")) if self.folders else []


SYSTEM_PARTS = (
    Part("bubblewrap", ("bwrap",), "bubblewrap", "grading: the jail student code runs in"),
    Part("setpriv", ("setpriv",), "util-linux", "grading: a user id of its own for the jail"),
    Part(
        "libseccomp",
        (),
        "libseccomp2",
        "grading: the filter on system calls; without it grading goes on and run.json says so",
        library="seccomp",
    ),
    Part(
        "Chromium",
        ("chromium", "chromium-browser", "google-chrome"),
        "chromium",
        "tests of the page in a real browser",
    ),
    Part(
        "PostgreSQL",
        ("initdb",),
        "postgresql",
        "tests of a gradebook that several graders share",
        folders="/usr/lib/postgresql/*/bin",
    ),
)
LIBRARIES = (
    "torch", "torchvision", "numpy", "scikit-learn", "matplotlib", "gradio", "nbgrader",
    "jupyterlab",
)  # fmt: skip
INSTALL_UV = "pip install uv"


@dataclass(frozen=True)
class Finding:
    """One line of the report; ``mend`` is the command that would bring a missing part."""

    name: str
    found: str | None
    needed_for: str
    mend: str | None = None


def examine() -> list[Finding]:
    """Everything the kit needs or profits from, in a fixed order; takes no longer than it must."""
    return [_python(), _uv(), *map(_library, LIBRARIES), _gpu(), *map(_part, SYSTEM_PARTS)]


def _python() -> Finding:
    found = platform.python_version()
    right = sys.version_info >= (3, 11)
    return Finding("Python", found if right else None, "everything (3.11 or later)",
                   None if right else "uv python install 3.11")  # fmt: skip


def _uv() -> Finding:
    found = shutil.which("uv")
    return Finding("uv", found, "set-up from the lock", None if found else INSTALL_UV)


def _library(name: str) -> Finding:
    try:
        return Finding(name, importlib.metadata.version(name), "the library, page and grader")
    except importlib.metadata.PackageNotFoundError:
        return Finding(name, None, "the library, page and grader", "make setup")


def _gpu() -> Finding:
    try:
        import torch
    except ImportError:
        return Finding("GPU", None, "faster training; everything runs without")
    found = torch.cuda.get_device_name() if torch.cuda.is_available() else None
    return Finding("GPU", found, "faster training; everything runs without")


def _part(part: Part) -> Finding:
    found = part.find()
    mend = None if found else f"sudo apt-get install -y --no-install-recommends {part.package}"
    return Finding(part.name, found, part.needed_for, mend)


def missing_parts() -> list[Part]:
    """The system parts that are not on PATH."""
    return [part for part in SYSTEM_PARTS if _part(part).found is None]


def may_install() -> bool:
    """Whether this process can install system packages: root on a machine with apt."""
    return hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get") is not None


def mend() -> tuple[bool, str]:
    """Install the missing system parts where this process may; else say what to run.

    Returns whether nothing is missing any more (or was ours to install), and one line about it.
    """
    missing = missing_parts()
    if not missing:
        return True, "all system parts are here"
    packages = [part.package for part in missing]
    command = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    if not may_install():
        return False, f"run this yourself: sudo {' '.join(command)}"
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in (["apt-get", "update"], command):
        done = subprocess.run(step, env=environment, stdout=sys.stderr, check=False)
        if done.returncode:
            return False, f"`{' '.join(step)}` failed with exit code {done.returncode}"
    still = [part.name for part in missing_parts()]
    return not still, f"still missing: {', '.join(still)}" if still else "installed " + ", ".join(
        packages
    )


def as_rows(findings: list[Finding]) -> list[dict[str, Any]]:
    """The findings as JSON values."""
    return [asdict(finding) for finding in findings]


def as_words(findings: list[Finding]) -> dict[str, str]:
    """Each part's name → what was found, or that it is missing and what would bring it."""
    return {
        f.name: f.found or f"missing, for {f.needed_for}" + (f": {f.mend}" if f.mend else "")
        for f in findings
    }
