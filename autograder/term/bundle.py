"""What students get of an assignment: the notebook, the library it needs, and how to begin.

No solution, no bank, no judge: what goes in is listed, and everything that goes in is searched
for leaks before anything is written. The same source gives the same bytes, as folder or zip.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from autograder.build import built_bytes
from autograder.source import ROOT, AssignmentSource, read_source
from autograder.term.leaks import leaks
from glaucam.errors import InputError

Files = dict[str, bytes]  # path in the bundle → content

LIBRARY = ("pyproject.toml", "README.md", "LICENSE")
KINDS = (".py", ".safetensors", ".typed")  # of files of the library that students need
EPOCH = (1980, 1, 1, 0, 0, 0)  # the first time a zip can hold: bundles tell no day
FILE, PROGRAM = 0o100644 << 16, 0o100755 << 16  # a zip's way to say rw-r--r-- and rwxr-xr-x

README = """\
# {title}

1. Python 3.11 or newer, and in this folder

       pip install {packages}

2. `jupyter lab {id}.ipynb` (or open it in VS Code or Colab), and write where it says
   `# YOUR CODE HERE`. The notebook says how long it takes and what it needs.
3. Hand in `{id}.ipynb`, under this name, by the way your course told you.

Don't delete cells, and don't rename functions: your answers are found by their names. Checks in the
notebook are practice; the grade is decided on other inputs.
"""


def bundle_files(source: AssignmentSource, library: bool = True) -> Files:
    """Everything of a bundle; InputError, with the first leak, where it gives an answer away."""
    files = {
        f"{source.id}.ipynb": built_bytes(source),
        "README.md": readme(source, library).encode(),
    }
    if library:
        files |= library_files()
    for leak in leaks(source, files):
        raise InputError(f"{source.id} is not released: {leak}")
    return dict(sorted(files.items()))


def readme(source: AssignmentSource, library: bool) -> str:
    """How to begin, under the notebook's own title."""
    lines = [line for cell in source.cells for line in cell.source.splitlines()]
    title = next((line[2:] for line in lines if line.startswith("# ")), source.id)
    packages = "./library jupyterlab" if library else "glaucam jupyterlab"
    return README.format(title=title, id=source.id, packages=packages)


def library_files() -> Files:
    """``library/``: the installable package, with the small models it carries."""
    files = {f"library/{name}": (ROOT / name).read_bytes() for name in LIBRARY}
    package = ROOT / "course" / "glaucam"
    for path in sorted(package.rglob("*")):
        if path.is_file() and path.suffix in KINDS:
            files[f"library/{path.relative_to(ROOT).as_posix()}"] = path.read_bytes()
    return files


def write_bundle(assignment: str, to: Path, library: bool = True) -> Files:
    """Write a bundle to a new folder, or to a file whose name ends in .zip; returns its files."""
    files = bundle_files(read_source(assignment), library)
    if to.suffix == ".zip":
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_bytes(zipped(files))
        return files
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise InputError(f"{to} is there and not empty: name a new folder, or a file NAME.zip")
    for name, content in files.items():
        path = to / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return files


def zipped(files: Mapping[str, bytes], programs: tuple[str, ...] = ()) -> bytes:
    """A zip whose bytes depend on names and contents alone: no times, no compressor's version."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.create_system = 3  # Unix, so that the mode below is obeyed
            entry.external_attr = PROGRAM if name in programs else FILE
            archive.writestr(entry, files[name])
    return out.getvalue()
