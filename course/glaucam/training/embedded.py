"""The models that come with the kit: retinal_cnn, trained on phantoms only.

``glaucam train --recipe embedded`` and ``--recipe embedded_oct`` reproduce the files that are
committed; the recipes are fixed here, and each file's header holds the figures it reached on
phantoms it never saw.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from glaucam.data import (
    FundusParameters,
    OctParameters,
    Phantom,
    PhantomData,
    PhantomFundus,
    PhantomOct,
    Preprocessing,
)
from glaucam.errors import CheckpointError
from glaucam.training.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from glaucam.training.recipe import Recipe

FOLDER = Path(__file__).parent.parent / "models" / "embedded"


@dataclass(frozen=True)
class Embedded:
    """One such model: what it is drawn, trained and measured on.

    ``structure`` is where its heat should lie; ``heated`` the class whose map is measured there,
    or None for each eye's own.
    """

    name: str  # for --model and --recipe
    file: str
    data: type[PhantomData]
    parameters: FundusParameters | OctParameters
    recipe: Recipe
    preprocessing: Preprocessing
    counts: dict[str, int]
    seeds: dict[str, int]  # phantoms of their own for each part
    structure: str
    heated: int | None
    card: dict[str, Any] = field(default_factory=dict)  # name, title, and view of a fundus photo

    def phantoms(self, n: int, seed: int) -> PhantomData:
        return self.data(n, seed, self.parameters)  # type: ignore[call-arg]


FUNDUS = Embedded(
    name="embedded",
    file="fundus_retinal_cnn.safetensors",
    data=PhantomFundus,
    # Wider apart than in a clinic (1): there vCDR alone reaches .9, and a net needs far more eyes.
    parameters=FundusParameters(size=96, view="crop", severity=1.6),
    recipe=Recipe(epochs=11, batch_size=64, learning_rate=4e-3, seed=0),
    preprocessing=Preprocessing(size=64),
    counts={"train": 3600, "val": 300, "test": 300},
    seeds={"train": 7001, "val": 7002, "test": 7003},
    structure="disc",
    heated=None,  # normal by the rim, glaucoma by the cup: the other class's map has no place here
    card={"name": "phantom_disc", "title": "Phantom fundus photos: disc crops", "view": "crop"},
)
OCT = Embedded(
    name="embedded_oct",
    file="oct_retinal_cnn.safetensors",
    data=PhantomOct,
    parameters=OctParameters(size=128, severity=1.6),  # plain cases, for so small a network
    recipe=Recipe(epochs=15, learning_rate=3e-3, seed=0),
    preprocessing=Preprocessing(size=64, crop=False),
    counts={"train": 1600, "val": 300, "test": 300},
    seeds={"train": 7101, "val": 7102, "test": 7103},
    structure="lesion",
    heated=None,
    card={"name": PhantomOct.name, "title": PhantomOct.title},
)
EMBEDDED = {one.name: one for one in (FUNDUS, OCT)}
HEATED = 100  # test phantoms that are explained for the header's lift


def embedded_model(progress: bool = True, embedded: Embedded = FUNDUS) -> Checkpoint:
    """The embedded checkpoint; trained first, in about two minutes on two cores, if missing."""
    path = embedded_path(embedded)
    if not path.is_file():
        path = train_embedded(progress=progress, embedded=embedded)
    return load_checkpoint(path)


def named_checkpoint(name_or_path: str | Path) -> Checkpoint:
    """A checkpoint file, or a name of EMBEDDED; CheckpointError says both when it is neither."""
    if str(name_or_path) in EMBEDDED:
        return embedded_model(embedded=EMBEDDED[str(name_or_path)])
    if not Path(name_or_path).exists():
        names = " or ".join(map(repr, EMBEDDED))
        raise CheckpointError(
            f"no checkpoint {name_or_path}: give a .safetensors file that `glaucam train` wrote, "
            f"or {names}"
        )
    return load_checkpoint(name_or_path)


def embedded_path(embedded: Embedded = FUNDUS) -> Path:
    """Where the file is, or would be written: in the package, else in the user's cache."""
    packaged = FOLDER / embedded.file
    if packaged.is_file() or _writable(FOLDER):
        return packaged
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "glaucam" / embedded.file


def train_embedded(
    path: Path | None = None, progress: bool = True, embedded: Embedded = FUNDUS
) -> Path:
    """Draw the phantoms, train, measure on held-out ones, write to ``path``; returns it."""
    from glaucam.training.fit import fit
    from glaucam.training.phantom_worker import phantom_examples
    from glaucam.training.train import describe

    path = path or embedded_path(embedded)
    recipe, preprocessing = embedded.recipe, embedded.preprocessing
    parts = {
        part: phantom_examples(
            embedded.phantoms(embedded.counts[part], seed), preprocessing, progress=progress
        )
        for part, seed in embedded.seeds.items()
    }
    fitted = fit(parts["train"], parts["val"], recipe, progress=progress)
    header = describe(fitted, recipe, preprocessing, parts, card_of(embedded))
    header["heat"] = heat_on_structure(fitted.model, embedded)
    save_checkpoint(path, fitted.model, header)
    return path


def heat_on_structure(model: Any, embedded: Embedded, n: int | None = None) -> dict[str, Any]:
    """Mean share and lift in the structure, beside the centre-Gaussian control.

    Of the first ``n`` test phantoms (HEATED of them) those count that have the structure.
    """
    from glaucam.explanation import explain
    from glaucam.metrics import CONTROLS, mean_localisation

    preprocessing = embedded.preprocessing
    eyes = list(_with_structure(embedded, HEATED if n is None else n))
    masks = [preprocessing.frame_mask(eye.masks[embedded.structure], eye.image) for eye in eyes]
    told = explain(model, preprocessing.batch(eye.image for eye in eyes)).heatmaps
    classes = [eye.label if embedded.heated is None else embedded.heated for eye in eyes]
    maps = np.stack([told[k].values[i].numpy() for i, k in enumerate(classes)])
    control = CONTROLS["centre_gaussian"](preprocessing.frame(eyes[0].image), 0)
    return {
        "n": len(eyes),
        "gradcam": mean_localisation(maps, masks),
        "centre_gaussian": mean_localisation([control] * len(eyes), masks),
    }


def _with_structure(embedded: Embedded, n: int) -> Iterator[Phantom]:
    """The first ``n`` test phantoms, without those that lack the structure (normal scans)."""
    data = embedded.phantoms(n, embedded.seeds["test"])
    for i in range(n):
        if data[i].masks[embedded.structure].any():
            yield data[i]


def card_of(embedded: Embedded) -> dict[str, Any]:
    """What the header tells of the phantoms."""
    return {
        **embedded.card,
        "task": embedded.data.task,
        "classes": list(embedded.data.classes),
        "n": sum(embedded.counts.values()),
        "seed": embedded.seeds,
        "severity": embedded.parameters.severity,
    }


def _writable(folder: Path) -> bool:
    nearest = next(parent for parent in (folder, *folder.parents) if parent.exists())
    return os.access(nearest, os.W_OK)
