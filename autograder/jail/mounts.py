"""What a jail shows of the machine: programs, one Python, the packages let in, parts of the kit."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import glaucam
from autograder.jail.packages import site_packages, visible_entries

HERE = Path(__file__).parent
KIT = Path(glaucam.__file__).parent


def all_mounts(withheld: frozenset[str]) -> list[str]:
    """Bubblewrap's arguments for everything a jail shows, its folders readable by any user."""
    mounts = [*system_mounts(), *python_mounts(), *kit_mounts(withheld), *font_list()]
    return [*open_folders(mounts), *mounts]


def system_mounts() -> list[str]:
    """The system's programs and libraries, read-only; no /etc beyond the loader's cache."""
    mounts = ["--ro-bind", "/usr", "/usr", "--proc", "/proc", "--dev", "/dev"]
    for name in ("bin", "lib", "lib64", "sbin"):
        folder = Path("/", name)
        if folder.is_symlink():
            mounts += ["--symlink", os.readlink(folder), str(folder)]
        elif folder.is_dir():
            mounts += ["--ro-bind", str(folder), str(folder)]
    mounts += ["--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"]
    mounts += ["--ro-bind-try", "/sys/devices/system/cpu", "/sys/devices/system/cpu"]
    return mounts


def python_mounts() -> list[str]:
    """The interpreter, without whatever else is installed beside it, for any Python."""
    base = Path(sys.base_prefix)
    mounts: list[str] = []
    if not base.is_relative_to("/usr"):
        for folder in (base / "bin", base / "lib"):
            mounts += ["--ro-bind", str(folder), str(folder)]
    for prefix in dict.fromkeys((base, Path("/usr"), Path("/usr/local"))):
        for folder in sorted(prefix.glob("lib/python*/*-packages")):
            mounts += ["--tmpfs", str(folder), "--remount-ro", str(folder)]
    return mounts


def kit_mounts(withheld: frozenset[str]) -> list[str]:
    """The packages let in, this library without its withheld parts, and the kernel itself."""
    mounts: list[str] = []
    for name in visible_entries(withheld):
        mounts += ["--ro-bind", str(site_packages() / name), f"/jail/site/{name}"]
    parts = {w.removeprefix("glaucam.") for w in withheld if w.startswith("glaucam.")}
    for source in visible_parts(KIT, {KIT / part.replace(".", "/") for part in parts}):
        mounts += ["--ro-bind", str(source), f"/jail/kit/glaucam/{source.relative_to(KIT)}"]
    for name in ("inside.py", "parent.py", "frames.py"):
        mounts += ["--ro-bind", str(HERE / name), f"/jail/kernel/{name}"]
    return mounts


def visible_parts(folder: Path, hidden: set[Path]) -> list[Path]:
    """The entries of ``folder`` to mount so that no path of ``hidden`` (module or package) shows.

    Compiled copies count as the module: a folder that holds a hidden one is opened up, and its
    ``__pycache__`` left behind.
    """
    shown: list[Path] = []
    holds_hidden = any(path.is_relative_to(folder) for path in hidden)
    for entry in sorted(folder.iterdir()):
        if entry.with_suffix("") in hidden or (holds_hidden and entry.name == "__pycache__"):
            continue
        if entry.is_dir() and any(path.is_relative_to(entry) for path in hidden):
            shown += visible_parts(entry, hidden)
        else:
            shown.append(entry)
    return shown


def open_folders(mounts: list[str]) -> list[str]:
    """Make the folders above every mount readable by the jail's user; bubblewrap's own are not."""
    targets = [Path(mounts[i + 2]) for i, flag in enumerate(mounts) if flag.startswith("--ro-bind")]
    parents = {parent for target in targets for parent in target.parents[:-1]}
    return [part for p in sorted(parents) for part in ("--perms", "0755", "--dir", str(p))]


def font_list() -> list[str]:
    """Matplotlib's list of fonts, so that a jail need not search for fonts for seconds."""
    import matplotlib

    cache = Path(matplotlib.get_cachedir())
    lists = sorted(cache.glob("fontlist-*.json"))
    return [part for f in lists for part in ("--ro-bind", str(f), f"/jail/fonts/{f.name}")]
