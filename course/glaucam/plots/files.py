"""Image files in, a panel PNG and a JSON summary each out: what ``glaucam explain`` does."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from glaucam.errors import InputError
from glaucam.plots.overlay import DEFAULT_COLORMAP, named_colormap
from glaucam.plots.panel import panel, to_png
from glaucam.plots.summary import statement, summary

if TYPE_CHECKING:
    from glaucam.training.checkpoint import Checkpoint

SHOWN = 448  # px: the side of a picture in the panel, whatever the network's input size


def explain_files(
    checkpoint: Checkpoint,
    paths: Iterable[str | Path],
    out: str | Path,
    method: str = "gradcam",
    target_layer: str | None = None,
    asked: str | None = None,
    alpha: float = 0.5,
    colormap: str = DEFAULT_COLORMAP,
) -> Iterator[dict[str, Any]]:
    """Explain each file; write ``<stem>.png`` and ``<stem>.json`` to ``out``; yield the summaries.

    A file's summary is yielded when its panel is on disk. Raises ImageError at the first file that
    is no image, UnknownName for a method, layer, class or colormap that is not there.
    """
    named_colormap(colormap)
    out = Path(out)
    for path, stem in _names(paths):
        picture, facts = explain_file(
            checkpoint, path, method, target_layer, asked, alpha, colormap
        )
        facts = {"image": str(path), "panel": str(out / f"{stem}.png"), **facts}
        _write(out, stem, to_png(picture), facts)
        yield facts


def explain_file(
    checkpoint: Checkpoint,
    source: Any,
    method: str = "gradcam",
    target_layer: str | None = None,
    asked: str | None = None,
    alpha: float = 0.5,
    colormap: str = DEFAULT_COLORMAP,
) -> tuple[Any, dict[str, Any]]:
    """One image (anything ``read_image`` takes) → its panel (PIL) and its summary.

    The summary of a fundus photo has ``heat_on``: the asked class's heat on the disc, whose place
    is estimated; None where it is not plain.
    """
    from glaucam.data import judge_image, read_image
    from glaucam.explanation import explain
    from glaucam.scoring.estimated import heat_on_estimated_disc

    image, preprocessing = read_image(source), checkpoint.preprocessing
    explanation = explain(
        checkpoint.model, preprocessing.batch([image]), method=method, target_layer=target_layer
    )
    note = statement(checkpoint.header)
    shown = replace(preprocessing, size=max(SHOWN, preprocessing.size)).frame(image)
    picture = panel(shown, explanation, 0, asked, alpha, colormap, note)
    facts, gate = summary(explanation, 0, asked), judge_image(image)
    facts["gate"] = gate.to_dict()
    if gate.kind == "fundus":
        heat = explanation.heatmaps[facts["class_asked"]].values[0]
        facts["heat_on"] = heat_on_estimated_disc(heat, image, preprocessing)
    return picture, {**facts, "statement": note}


def _names(paths: Iterable[str | Path]) -> Iterator[tuple[Path, str]]:
    """Each path with a stem of its own: two folders may hold the same file name."""
    taken: set[str] = set()
    for path in map(Path, paths):
        stem, number = path.stem, 2
        while stem in taken:
            stem, number = f"{path.stem}_{number}", number + 1
        taken.add(stem)
        yield path, stem


def _write(out: Path, stem: str, png: bytes, facts: dict[str, Any]) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / f"{stem}.png").write_bytes(png)
        (out / f"{stem}.json").write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise InputError(
            f"cannot write to {out} ({error.strerror}): choose another --out folder"
        ) from error
