"""The model that comes with the kit: retinal_cnn, trained on phantom disc crops only.

``glaucam train --recipe embedded`` reproduces the file that is committed; the recipe is fixed here,
and the file's header holds the figures it reached on phantoms it never saw.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from glaucam.errors import CheckpointError
from glaucam.training.checkpoint import Checkpoint, load_checkpoint, save_checkpoint

NAME = "fundus_retinal_cnn.safetensors"
PACKAGED = Path(__file__).parent.parent / "models" / "embedded" / NAME
EMBEDDED = "embedded"
SEEDS = {"train": 7001, "val": 7002, "test": 7003}  # phantoms of their own for each part
COUNTS = {"train": 1600, "val": 300, "test": 300}
# Wider apart than in a clinic (1): there vCDR alone reaches .92, and a net needs far more eyes.
SEVERITY = 1.6
HEATED = 100  # test phantoms that are explained for the header's lift


def embedded_model(progress: bool = True) -> Checkpoint:
    """The embedded checkpoint; trained first, in about two minutes on two cores, if missing."""
    path = embedded_path()
    if not path.is_file():
        path = train_embedded(progress=progress)
    return load_checkpoint(path)


def named_checkpoint(name_or_path: str | Path) -> Checkpoint:
    """A checkpoint file, or ``"embedded"``; CheckpointError says both when it is neither."""
    if str(name_or_path) == EMBEDDED:
        return embedded_model()
    if not Path(name_or_path).exists():
        raise CheckpointError(
            f"no checkpoint {name_or_path}: give a .safetensors file that `glaucam train` wrote, "
            "or 'embedded'"
        )
    return load_checkpoint(name_or_path)


def embedded_path() -> Path:
    """Where the file is, or would be written: in the package, else in the user's cache."""
    if PACKAGED.is_file() or _writable(PACKAGED.parent):
        return PACKAGED
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "glaucam" / NAME


def train_embedded(path: Path | None = None, progress: bool = True) -> Path:
    """Draw the phantoms, train, measure on held-out ones, write to ``path``; returns it."""
    from glaucam.training.fit import fit
    from glaucam.training.phantom_worker import phantom_examples
    from glaucam.training.train import describe

    path = path or embedded_path()
    recipe, preprocessing = embedded_recipe()
    parts = {
        part: phantom_examples(COUNTS[part], seed, phantoms(), preprocessing, progress=progress)
        for part, seed in SEEDS.items()
    }
    fitted = fit(parts["train"], parts["val"], recipe, progress=progress)
    header = describe(fitted, recipe, preprocessing, parts, _card())
    header["heat"] = heat_on_disc(fitted.model, SEEDS["test"], HEATED)
    save_checkpoint(path, fitted.model, header)
    return path


def embedded_recipe() -> tuple[Any, Any]:
    """The fixed (Recipe, Preprocessing)."""
    from glaucam.data import Preprocessing
    from glaucam.training.recipe import Recipe

    return Recipe(epochs=12, learning_rate=3e-3, seed=0), Preprocessing(size=64)


def phantoms() -> Any:
    """What the embedded model is trained and tested on: disc crops."""
    from glaucam.data import FundusParameters

    return FundusParameters(size=128, view="crop", severity=SEVERITY)


def heat_on_disc(model: Any, seed: int, n: int) -> dict[str, Any]:
    """Mean share and lift in the disc of the glaucoma map, beside the centre-Gaussian control."""
    from glaucam.data import PhantomFundus
    from glaucam.explanation import explain
    from glaucam.metrics import CONTROLS, mean_localisation

    data, (_, preprocessing) = PhantomFundus(n, seed, phantoms()), embedded_recipe()
    eyes = [data[i] for i in range(n)]
    masks = [preprocessing.frame_mask(eye.masks["disc"], eye.image) for eye in eyes]
    maps = explain(model, preprocessing.batch(eye.image for eye in eyes)).heatmaps[1].values
    control = CONTROLS["centre_gaussian"](preprocessing.frame(eyes[0].image), 0)
    return {
        "n": n,
        "gradcam": mean_localisation(maps, masks),
        "centre_gaussian": mean_localisation([control] * n, masks),
    }


def _card() -> dict[str, Any]:
    return {
        "name": "phantom_disc",
        "title": "Phantom fundus photos: disc crops",
        "task": "glaucoma",
        "classes": ["normal", "glaucoma"],
        "view": phantoms().view,
        "n": sum(COUNTS.values()),
        "seed": SEEDS,
        "severity": SEVERITY,
    }


def _writable(folder: Path) -> bool:
    nearest = next(parent for parent in (folder, *folder.parents) if parent.exists())
    return os.access(nearest, os.W_OK)
