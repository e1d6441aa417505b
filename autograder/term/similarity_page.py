"""The similarity report as one HTML page: shared passages side by side, everything escaped."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence

from autograder.term.similarity import Pair

NOTE = """\
<p><strong>A pointer, not a verdict.</strong> Two people who follow the same lesson write alike, and
short cells leave little room to differ. Read both, look at the whole class, and talk to the
students before you think of misconduct. Shared code says nothing about who wrote it first.</p>"""
STYLE = """\
body { font: 15px/1.45 system-ui, sans-serif; color: #1d2327; }
body { margin: 2rem auto; max-width: 76rem; padding: 0 1rem; }
table { border-collapse: collapse; } td, th { padding: .2rem .8rem; text-align: left; }
.sides { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 1rem; }
pre { overflow: auto; max-height: 30rem; padding: .6rem; border: 1px solid #ccd1d5; }
mark { background: #ffe9a8; } details { margin: .6rem 0; }"""


def page(title: str, found: Sequence[Pair], texts: Mapping[str, str], compared: int) -> str:
    """A whole page: the note, a table of the pairs, and both texts of each."""
    head = "<tr><th>pair</th><th>of the first</th><th>of the second</th><th>shared</th></tr>"
    rows = "".join(_row(n, pair) for n, pair in enumerate(found))
    table = f"<table>{head}{rows}</table>" if found else "<p>No pair reaches the threshold.</p>"
    sides = "".join(_sides(n, pair, texts) for n, pair in enumerate(found))
    name = html.escape(title)
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{name}</title>'
        f"<style>{STYLE}</style></head><body><h1>{name}</h1>{NOTE}"
        f"<p>{compared} submissions compared.</p>{table}{sides}</body></html>\n"
    )


def _row(n: int, pair: Pair) -> str:
    link = f'<a href="#pair-{n}">{html.escape(pair.first)} and {html.escape(pair.second)}</a>'
    one, two = pair.shares
    return f"<tr><td>{link}</td><td>{one:.0%}</td><td>{two:.0%}</td><td>{pair.shared}</td></tr>"


def _sides(n: int, pair: Pair, texts: Mapping[str, str]) -> str:
    names = (pair.first, pair.second)
    panes = "".join(
        f"<div><h3>{html.escape(name)}</h3><pre>{marked(texts[name], spans)}</pre></div>"
        for name, spans in zip(names, pair.passages, strict=True)
    )
    title = " and ".join(map(html.escape, names))
    return (
        f'<details id="pair-{n}"{" open" if n == 0 else ""}><summary>{title}</summary>'
        f'<div class="sides">{panes}</div></details>'
    )


def marked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The text escaped, with the spans highlighted; overlapping ones become one."""
    parts, at = [], 0
    for start, end in sorted(spans):
        start, end = max(start, at), min(end, len(text))
        if start < end:
            parts.append(html.escape(text[at:start]))
            parts.append(f"<mark>{html.escape(text[start:end])}</mark>")
            at = end
    return "".join([*parts, html.escape(text[at:])])
