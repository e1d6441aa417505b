"""A card's YAML, read and checked: one line for the first thing that is wrong."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from glaucam.data.card import TOLD, UNVERIFIED, Card, Layout, MaskRule, Part, Patients
from glaucam.data.dataset import SPLITS
from glaucam.data.layout import MASK_NAMES
from glaucam.errors import DataError
from glaucam.registry import unknown

RULES = {  # how a file's class is found, and what a part of the layout must then say
    "folder": (),
    "name": (),
    "table": ("table", "image", "label"),
    "medmnist": (),
    "none": (),
}


def load_card(path: str | os.PathLike[str]) -> Card:
    """Read and check one card; DataError says what is wrong, what was expected, what to do."""
    path = Path(path)
    values = _yaml(path)
    required = [f.name for f in fields(Card) if f.name not in ("path", "masks", "files", "read_in")]
    _keys(path, "the card", values, [*required, "masks", "files", "read_in"], required)
    if values["name"] != path.stem:
        raise DataError(
            f"{path}: name is {values['name']!r}; expected the file's own name, {path.stem!r}"
        )
    for name in required:
        _nonempty(path, name, values[name])
    card = Card(
        path,
        **{name: str(values[name]).strip() for name in ("name", "title", "task", "modality",
                                                        "source", *TOLD)},
        classes=_texts(path, "classes", values["classes"]),
        traps=_texts(path, "traps", values["traps"]),
        steps=_texts(path, "steps", values["steps"]),
        layout=_layout(path, values),
        patients=_patients(path, values["patients"]),
        masks=dict(_masks(path, values.get("masks") or {})),
        files=tuple(_files(path, values.get("files") or [])),
        read_in=_mapping(path, "read_in", values.get("read_in") or {}),
    )  # fmt: skip
    _sourced(card)
    return card


def _yaml(path: Path) -> dict[str, Any]:
    import yaml

    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror}); check the path") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise DataError(
            f"{path}: not YAML ({' '.join(str(error).split())[:160]}); see datasets/README.md"
        ) from error
    return _mapping(path, "the card", values)


def _keys(
    path: Path, what: str, values: Mapping[str, Any], known: list[str], required: list[str]
) -> None:
    if missing := [name for name in required if name not in values]:
        raise DataError(
            f"{path}: {what} has no {missing[0]!r}; expected {', '.join(required)}: add it (a fact "
            f"that you did not read in a source is {UNVERIFIED!r})"
        )
    if strange := [name for name in values if name not in known]:
        raise DataError(f"{path}: {what}: {unknown('field', strange[0], known)}")


def _mapping(path: Path, what: str, values: Any) -> dict[str, Any]:
    if not isinstance(values, Mapping):
        raise DataError(f"{path}: {what} is {values!r}; expected fields, `name: value` each")
    return {str(key): value for key, value in values.items()}


def _nonempty(path: Path, name: str, value: Any) -> None:
    if value is None or value == "" or value == []:
        raise DataError(f"{path}: {name!r} is empty; say it, or say {UNVERIFIED!r}")


def _texts(path: Path, name: str, values: Any) -> tuple[str, ...]:
    if not isinstance(values, list):
        raise DataError(f"{path}: {name} is {values!r}; expected a list")
    return tuple(str(value).strip() for value in values)


def _layout(path: Path, card: Mapping[str, Any]) -> Layout:
    values = _mapping(path, "layout", card["layout"])
    _keys(path, "layout", values, [f.name for f in fields(Layout)], ["rule"])
    rule = values["rule"]
    if rule not in RULES:
        raise DataError(f"{path}: layout: {unknown('rule', rule, list(RULES))}")
    if rule in ("folder", "name", "table"):
        _keys(path, "layout", values, list(values), ["parts", "values"])
    if rule == "name":
        _keys(path, "layout", values, list(values), ["pattern"])
    if rule == "none":
        _keys(path, "layout", values, list(values), ["why"])
    layout = Layout(
        rule,
        tuple(_parts(path, rule, values.get("parts") or [])),
        {str(text): str(name) for text, name in
         _mapping(path, "layout values", values.get("values") or {}).items()},
        _texts(path, "leave_out", values.get("leave_out") or []),
        _regex(path, values.get("pattern") or ""),
        bool(values.get("partial")),
        str(values.get("flag") or ""),
        int(values.get("size") or 28),
        str(values.get("why") or "").strip(),
    )  # fmt: skip
    if strange := sorted(set(layout.values.values()) - set(card["classes"])):
        raise DataError(
            f"{path}: layout values name the class {strange[0]!r}; expected one of "
            f"{', '.join(map(str, card['classes']))}"
        )
    return layout


def _parts(path: Path, rule: str, parts: Any) -> Iterator[Part]:
    for values in parts:
        values = _mapping(path, "a part of the layout", values)
        known = [f.name for f in fields(Part)]
        _keys(path, "a part of the layout", values, known, ["images", *RULES[rule]])
        columns = _texts(path, "columns", values.pop("columns", []))
        part = Part(**{name: str(value) for name, value in values.items()}, columns=columns)
        if part.split and part.split not in SPLITS:
            raise DataError(f"{path}: split {part.split!r}; expected {', '.join(SPLITS)}")
        yield part


def _patients(path: Path, values: Any) -> Patients:
    values = _mapping(path, "patients", values)
    _keys(path, "patients", values, [f.name for f in fields(Patients)], ["rule"])
    needs = {"name": ["pattern"], "table": ["column"], "tens": [], "unknown": []}
    if values["rule"] not in needs:
        raise DataError(f"{path}: patients: {unknown('rule', values['rule'], list(needs))}")
    _keys(path, "patients", values, list(values), needs[values["rule"]])
    return Patients(
        values["rule"], _regex(path, values.get("pattern") or ""), values.get("column") or ""
    )


def _masks(path: Path, masks: Any) -> Iterator[tuple[str, MaskRule]]:
    for name, rule in _mapping(path, "masks", masks).items():
        if name not in MASK_NAMES:
            raise DataError(f"{path}: masks: {unknown('structure', name, list(MASK_NAMES))}")
        rule = _mapping(path, f"mask {name}", rule)
        _keys(path, f"mask {name}", rule, ["file", "inside"], ["file"])
        low, high = rule.get("inside") or (128, 255)
        yield name, MaskRule(rule["file"], (int(low), int(high)))


def _files(path: Path, files: Any) -> Iterator[dict[str, Any]]:
    for values in files:
        values = _mapping(path, "a file", values)
        _keys(path, "a file", values, ["url", "name", "hash", "unpack"], ["url", "name"])
        yield values


def _regex(path: Path, pattern: str) -> str:
    try:
        groups = re.compile(pattern).groups
    except re.error as error:
        raise DataError(f"{path}: pattern {pattern!r} is no regular expression: {error}") from error
    if pattern and groups < 1:
        raise DataError(f"{path}: pattern {pattern!r} has no group; put (…) around what it finds")
    return pattern


def _sourced(card: Card) -> None:
    """Every fact names the page it was read on; DataError otherwise."""
    for name in TOLD:
        if getattr(card, name) != UNVERIFIED and name not in card.read_in:
            raise DataError(
                f"{card.path}: read_in has no page for {name!r}; name the page where it was read, "
                f"or let the field say {UNVERIFIED!r}"
            )
    if card.is_readable and "layout" not in card.read_in:
        raise DataError(
            f"{card.path}: read_in has no page for 'layout'; name where the folders and names of "
            f"the files were read, or say {UNVERIFIED!r}"
        )
