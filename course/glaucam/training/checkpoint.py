"""Checkpoints: safetensors with a JSON header. Loading one never runs code from it.

The header says what the numbers mean: ``model`` (registry name), ``classes`` (in the order of the
logits), ``preprocessing``, ``data`` (the card of what it was trained on), ``metrics``,
``threshold`` and ``thresholds`` (by asked specificity, chosen on validation), and, written here,
``format`` and ``library`` (version).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import nn

from glaucam import __version__
from glaucam.data.atomic import write_atomically
from glaucam.errors import CheckpointError, GlaucamError

if TYPE_CHECKING:
    from glaucam.data import Preprocessing

FORMAT = 1
KEY = "glaucam"  # the one entry of the safetensors metadata; its value is the header as JSON
REQUIRED = {"model": str, "classes": list, "preprocessing": dict}
MOST_CLASSES = 1000  # a forged header must not be able to ask for a huge network


@dataclass(frozen=True)
class Checkpoint:
    """A trained network in eval mode and the header it came with."""

    model: nn.Module
    header: dict[str, Any]

    @property
    def classes(self) -> tuple[str, ...]:
        return tuple(self.header["classes"])

    @property
    def preprocessing(self) -> Preprocessing:
        from glaucam.data import Preprocessing

        return Preprocessing.from_dict(self.header["preprocessing"])

    @property
    def threshold(self) -> float | None:
        """The p(glaucoma) from which the answer is glaucoma, chosen on validation, if it was."""
        return self.header.get("threshold")


def save_checkpoint(path: str | Path, model: nn.Module, header: Mapping[str, Any]) -> None:
    """Write ``model`` and ``header`` to ``path``, atomically.

    Raises CheckpointError when the header lacks model, classes or preprocessing, or when the disk
    refuses; a checkpoint that was there before is then still whole.
    """
    header = {**header, "format": FORMAT, "library": __version__}
    header["classes"] = list(header.get("classes") or ())
    _check_header(header, path)
    tensors = {k: v.detach().cpu().contiguous() for k, v in model.state_dict().items()}
    content = save(tensors, {KEY: json.dumps(header, sort_keys=True, allow_nan=False)})
    try:
        write_atomically(Path(path), content)
    except OSError as error:
        raise CheckpointError(
            f"could not write checkpoint {path}: {error.strerror or error}; free some space or "
            "choose another folder (a checkpoint that was there is untouched)"
        ) from error


def load_checkpoint(path: str | Path) -> Checkpoint:
    """Read a checkpoint; the network comes back in eval mode and carries its ``classes``.

    Raises CheckpointError for a file that is missing, truncated, foreign, of another version, or
    whose weights do not fit the network its header names.
    """
    header, tensors = _read(Path(path))
    _check_header(header, path)
    return Checkpoint(_rebuild(header, tensors, path), header)


def read_header(path: str | Path) -> dict[str, Any]:
    """The header alone, without reading the weights. Raises CheckpointError like the above."""
    header, _ = _read(Path(path), weights=False)
    _check_header(header, path)
    return header


def _read(path: Path, weights: bool = True) -> tuple[dict[str, Any], dict[str, torch.Tensor]]:
    if not path.is_file():
        what = "is a folder" if path.is_dir() else "is not there"
        raise CheckpointError(
            f"checkpoint {path} {what}: give the .safetensors file that `glaucam train` wrote"
        )
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            tensors = {k: file.get_tensor(k) for k in file.keys()} if weights else {}  # noqa: SIM118
    except (SafetensorError, OSError, ValueError) as error:
        raise CheckpointError(
            f"checkpoint {path} is truncated or no safetensors file "
            f"({path.stat().st_size} bytes: {error}); copy it again or train it anew"
        ) from error
    return _parse(metadata.get(KEY), path), tensors


def _parse(text: str | None, path: Path) -> dict[str, Any]:
    try:
        header = json.loads(text or "")
    except (ValueError, RecursionError):
        header = None
    if not isinstance(header, dict):
        raise CheckpointError(
            f"checkpoint {path} holds weights but no GlauCAM header: "
            "save it with glaucam.save_checkpoint(path, model, header)"
        )
    return header


def _check_header(header: Mapping[str, Any], path: str | Path) -> None:
    if header.get("format") != FORMAT:
        raise CheckpointError(
            f"checkpoint {path} has format {header.get('format')!r}, this library reads {FORMAT}: "
            f"use the library that wrote it ({header.get('library', 'unknown')}) or train it anew"
        )
    for key, kind in REQUIRED.items():
        if not isinstance(header.get(key), kind) or not header[key]:
            raise CheckpointError(
                f"checkpoint {path}: header has {key} = {header.get(key)!r}, expected a non-empty "
                f"{kind.__name__}: save it with glaucam.save_checkpoint"
            )
    classes = header["classes"]
    if not all(isinstance(c, str) for c in classes) or not 2 <= len(classes) <= MOST_CLASSES:
        raise CheckpointError(
            f"checkpoint {path}: classes {str(classes)[:80]}, expected 2 to {MOST_CLASSES} names"
        )


def _rebuild(
    header: Mapping[str, Any], tensors: dict[str, torch.Tensor], path: str | Path
) -> nn.Module:
    from glaucam.data import Preprocessing
    from glaucam.models import build_model

    try:
        _check_size(header["model"], len(header["classes"]), tensors)
        with torch.random.fork_rng(devices=[]):  # building draws weights; the caller's RNG stays
            model = build_model(header["model"], len(header["classes"]))
        model.load_state_dict(tensors)
    except GlaucamError as error:
        raise CheckpointError(f"checkpoint {path}: {error}") from error
    except RuntimeError as error:
        detail = " ".join(str(error).split())[:200]
        raise CheckpointError(
            f"checkpoint {path}: the weights do not fit {header['model']!r} with "
            f"{len(header['classes'])} classes ({detail}); train it anew"
        ) from error
    if not all(torch.isfinite(v).all() for v in tensors.values() if v.is_floating_point()):
        raise CheckpointError(f"checkpoint {path}: weights hold NaN or infinity; train it anew")
    Preprocessing.from_dict(header["preprocessing"])  # refuse now rather than at the first image
    model.classes = tuple(header["classes"])  # type: ignore[assignment]
    return model.eval()


def _check_size(name: str, n_classes: int, tensors: Mapping[str, torch.Tensor]) -> None:
    """Refuse a small file whose header names a huge network of another library, before building it.

    The networks registered here are few and known; timm has some of many billion numbers.
    """
    from glaucam.models import build_model
    from glaucam.registry import MODELS

    if name in list(MODELS):
        return
    with torch.device("meta"):  # shapes without numbers
        model = build_model(name, n_classes)
    asked = sum(tensor.numel() for tensor in model.state_dict().values())
    there = sum(tensor.numel() for tensor in tensors.values())
    if asked > there:
        raise RuntimeError(f"it has {asked} numbers, the file {there}")
