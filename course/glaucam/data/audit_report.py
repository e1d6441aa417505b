"""The audit as a page: counts, traps with their histograms, duplicates side by side."""

from __future__ import annotations

import base64
import io
import os
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from glaucam.data.attributes import ATTRIBUTES
from glaucam.data.audit import FolderAudit, Trap, audit_folder
from glaucam.data.images import read_image
from glaucam.errors import InputError

_BINS = 24
_WIDE, _HIGH = 420, 120  # px of a histogram
_THUMB = 140  # px
_MOST_PAIRS = 40  # shown with pictures
_COLOURS = ("#2b6cb0", "#c05621", "#2f855a", "#6b46c1", "#b7791f", "#4a5568")
_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;color:#1a202c;max-width:60em;margin:2em auto;padding:0 1em}
table{border-collapse:collapse}td,th{padding:.2em .8em;text-align:left;border-bottom:1px solid #ddd}
figure{margin:1em 0}figcaption{color:#4a5568}img{margin-right:.5em}.warning{color:#9c4221}
code{overflow-wrap:anywhere}
"""


def audit_as_asked(
    folder: str | os.PathLike[str], out: Path | None, in_short: bool = False
) -> dict[str, Any]:
    """Audit a folder, write ``out``/audit.html if asked, and give the results as JSON values.

    ``in_short`` is for people: counts, warnings by number, what cannot be read.
    """
    from tqdm import tqdm

    with tqdm(desc="looking", unit="image", mininterval=1) as bar:
        audit = audit_folder(folder, bar.update)
    result = audit.to_dict()
    if in_short:
        counts = {split or "images": number for split, number in audit.counts.items()}
        warnings = {str(i): told for i, told in enumerate(audit.warnings, 1)}
        result = {"folder": audit.root, **counts, "unreadable": audit.unreadable,
                  "duplicates": len(audit.duplicates), "warnings": warnings or "none"}  # fmt: skip
    if out is not None:
        result["report"] = str(write_report(audit, out))
    return result


def write_report(audit: FolderAudit, out: Path) -> Path:
    """Write ``out``/audit.html, pictures inside. Raises InputError where that cannot be done."""
    path = out / "audit.html"
    try:
        out.mkdir(parents=True, exist_ok=True)
        path.write_text(as_page(audit), encoding="utf-8")
    except OSError as error:
        raise InputError(
            f"cannot write to {out} ({error.strerror}): choose another --out folder"
        ) from error
    return path


def as_page(audit: FolderAudit) -> str:
    """One HTML page that needs no other file; names from the folder are escaped."""
    name = escape(Path(audit.root).name)
    parts = [
        f"<!doctype html><html lang=en><meta charset=utf-8><title>Audit of {name}</title>",
        f"<style>{_STYLE}</style><h1>Audit of {name}</h1>",
        _warnings(audit),
        _counts(audit),
        _traps(audit),
        _duplicates(audit),
        _unreadable(audit),
    ]
    return "\n".join(parts) + "\n</html>\n"


def _warnings(audit: FolderAudit) -> str:
    if not audit.warnings:
        return (
            "<p>Nothing here gives the classes away, and no duplicate crosses a class or split.</p>"
        )
    items = "".join(f"<li>{escape(sentence)}.</li>" for sentence in audit.warnings)
    return f"<h2>Warnings</h2><ul class=warning>{items}</ul>"


def _counts(audit: FolderAudit) -> str:
    head = "".join(f"<th>{escape(name)}" for name in audit.classes)
    rows = "".join(
        f"<tr><td>{split or 'all'}"
        + "".join(f"<td>{counts.get(name, 0)}" for name in audit.classes)
        for split, counts in audit.counts.items()
    )
    return f"<h2>Images</h2><table><tr><th>split{head}{rows}</table>"


def _traps(audit: FolderAudit) -> str:
    figures = "".join(_figure(audit, trap) for trap in audit.traps if trap.is_trap)
    rows = "".join(
        f"<tr><td>{escape(ATTRIBUTES[t.attribute].title)}<td>{escape(t.klass)}<td>{t.auroc:.2f}"
        f"<td>{t.low:.2f} to {t.high:.2f}<td>{'trap' if t.is_trap else ''}"
        for t in audit.traps
    )
    return (
        "<h2>What one attribute alone tells of the class</h2>"
        "<p>AUROC .5 is chance. The interval is over patients drawn anew, and wide enough for all "
        "attributes at once. A trap lies beyond .65 (or under .35) with chance outside its "
        f"interval.</p>{figures}<table><tr><th>attribute<th>class<th>AUROC<th>interval<th>{rows}"
        "</table>"
    )


def _figure(audit: FolderAudit, trap: Trap) -> str:
    attribute = ATTRIBUTES[trap.attribute]
    return (
        f"<figure>{_histogram(audit, trap.attribute)}<figcaption>{escape(attribute.title)}: AUROC "
        f"{trap.auroc:.2f} for {escape(trap.klass)}. What to do: {escape(attribute.advice)}."
        "</figcaption></figure>"
    )


def _histogram(audit: FolderAudit, attribute: str) -> str:
    """An SVG of the attribute's distribution in each class, each scaled to its own peak."""
    column, labels = audit.values[attribute], np.array(audit.labels)
    known = np.array([value is not None for value in column])
    values = np.array([value for value in column if value is not None], float)
    edges = np.linspace(values.min(), values.max(), _BINS + 1)
    step = _WIDE / _BINS
    bars, legend = [], []
    for k, name in enumerate(audit.classes):
        colour = _COLOURS[k % len(_COLOURS)]
        heights, _ = np.histogram(values[labels[known] == k], edges)
        for i, height in enumerate(heights / max(heights.max(), 1) * _HIGH):
            bars.append(f'<rect x="{i * step:.1f}" y="{_HIGH - height:.1f}" width="{step:.1f}" '
                        f'height="{height:.1f}" fill="{colour}" opacity=".5"/>')  # fmt: skip
        legend.append(f'<tspan fill="{colour}">■ {escape(name)} </tspan>')
    below = f'y="{_HIGH + 18}" font-size="13"'
    words = (
        f'<text x="0" {below}>{edges[0]:.4g}</text>'
        f'<text x="{_WIDE}" {below} text-anchor="end">{edges[-1]:.4g}</text>'
        f'<text x="{_WIDE / 2}" {below} text-anchor="middle">{"".join(legend)}</text>'
    )
    title = f"Distribution of {escape(ATTRIBUTES[attribute].title)} by class"
    return (
        f'<svg role="img" aria-label="{title}" viewBox="0 0 {_WIDE} {_HIGH + 26}" width="{_WIDE}">'
        f"{''.join(bars)}{words}</svg>"
    )


def _duplicates(audit: FolderAudit) -> str:
    if not audit.duplicates:
        return "<h2>Duplicates</h2><p>None found.</p>"
    first = sorted(audit.duplicates, key=lambda pair: -len(pair.across))[:_MOST_PAIRS]
    shown = "".join(
        f"<figure>{_thumbnail(audit, pair.first)}{_thumbnail(audit, pair.second)}<figcaption>"
        f"<code>{escape(pair.first)}</code> and <code>{escape(pair.second)}</code>: "
        + ("the same file" if pair.exact else f"alike ({pair.similarity:.2f})")
        + (f", in different {' and '.join(pair.across)}" if pair.across else "")
        + "</figcaption></figure>"
        for pair in first
    )
    return f"<h2>Duplicates: {len(audit.duplicates)} pair(s)</h2>{shown}"


def _thumbnail(audit: FolderAudit, name: str) -> str:
    picture = Image.fromarray(read_image(Path(audit.root) / name))
    picture.thumbnail((_THUMB, _THUMB))
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=80)
    data = base64.b64encode(buffer.getvalue()).decode()
    return f'<img src="data:image/jpeg;base64,{data}" alt="{escape(name, quote=True)}">'


def _unreadable(audit: FolderAudit) -> str:
    if not audit.unreadable:
        return ""
    items = "".join(f"<li><code>{escape(line)}</code>" for line in audit.unreadable)
    return f"<h2>Cannot be read: {len(audit.unreadable)}</h2><ul>{items}</ul>"
