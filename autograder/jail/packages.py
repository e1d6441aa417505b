"""Which installed packages a jail holds: a list of what is let in, never of what is kept out.

A package that is not on the list, and is not needed by one that is, has no file in the jail. So
what an assignment withholds is absent, not forbidden.
"""

from __future__ import annotations

import importlib.metadata as metadata
import sysconfig
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LET_IN = (
    "torch",
    "torchvision",
    "numpy",
    "pandas",
    "scipy",
    "scikit-learn",
    "scikit-image",
    "matplotlib",
    "pillow",
    "opencv-python",
    "opencv-python-headless",
    "safetensors",
    "pyyaml",
    "tqdm",
    "ipython",
)


def site_packages() -> Path:
    """The folder this interpreter's packages are installed in."""
    return Path(sysconfig.get_path("purelib"))


@lru_cache(maxsize=8)
def visible_entries(withheld: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """Names directly below site-packages that the jail shows, without the withheld ones."""
    held = {name.lower().replace("-", "_") for name in withheld}
    entries: set[str] = set()
    for name in closure(LET_IN):
        for file in metadata.files(name) or ():
            top = file.parts[0]
            if top != ".." and top.split(".")[0].split("-")[0].lower() not in held:
                entries.add(top)
    return tuple(sorted(e for e in entries if (site_packages() / e).exists()))


def closure(names: Iterable[str]) -> set[str]:
    """The installed distributions among ``names`` and everything they require here."""
    found: set[str] = set()
    waiting = [canonicalize_name(name) for name in names]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        try:
            required = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            continue
        found.add(name)
        requirements = map(Requirement, required)
        waiting += [
            canonicalize_name(r.name)
            for r in requirements
            if r.marker is None or r.marker.evaluate({"extra": ""})
        ]
    return found
