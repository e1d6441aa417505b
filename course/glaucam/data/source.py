"""`--data`: a registered data set's name, or a class folder."""

from __future__ import annotations

import os
from collections.abc import Sequence

from glaucam.data.dataset import EyeData
from glaucam.data.folders import ClassFolder
from glaucam.data.layout import find_root
from glaucam.errors import DataError, UnknownName
from glaucam.registry import DATASETS, unknown


def open_data(
    name_or_folder: str | os.PathLike[str],
    n: int | None = None,
    seed: int | None = None,
    classes: Sequence[str] | None = None,
    split: str | None = None,
    complete: bool = True,
) -> EyeData:
    """The data set of that name, of ``n`` images drawn by ``seed``, or the class folder there.

    ``classes`` (a checkpoint's) fixes a folder's class order and is checked for a named set.
    ``n`` and ``seed`` are for sets that are made. Raises UnknownName or DataError.
    """
    if isinstance(name_or_folder, str) and name_or_folder in DATASETS:
        return _open_named(name_or_folder, n, seed, classes, split)
    folder = find_root(name_or_folder)
    if not folder.exists() and len(folder.parts) == 1:
        raise UnknownName(
            unknown("data set", str(name_or_folder), list(DATASETS))
            + "; or give a folder with one folder per class"
        )
    if n is not None:
        raise DataError(f"{folder}: a folder has the images it has; leave out the number ({n})")
    return ClassFolder(folder, classes, split, complete)


def _open_named(
    name: str, n: int | None, seed: int | None, classes: Sequence[str] | None, split: str | None
) -> EyeData:
    asked = {"n": n, "seed": seed}
    data = DATASETS[name](**{key: value for key, value in asked.items() if value is not None})
    if classes is not None and tuple(classes) != data.classes:
        raise DataError(
            f"data set {name!r} has the classes ({', '.join(data.classes)}), "
            f"expected ({', '.join(classes)}); use data of the model's task"
        )
    return data if split is None else data.part(split)
