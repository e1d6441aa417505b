"""Where a card's layout finds the class of each image: its folder, its name, or a table."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath

from glaucam.data.card import Card, Part
from glaucam.data.images import is_image_name
from glaucam.data.layout import Item
from glaucam.data.splits import tens_of_file_number
from glaucam.errors import DataError
from glaucam.registry import unknown


@dataclass(frozen=True)
class _Row:
    """What a table says of an image; ``line`` for the message when it is wrong."""

    label: str
    patient: str
    line: int


def find_by_card(card: Card, root: Path) -> list[Item]:
    """The images under ``root`` as the card lays them out. DataError says what does not fit."""
    items = [item for part in card.layout.parts for item in _items(card, root, part)]
    twice = [name for name, n in Counter(item.name for item in items).items() if n > 1]
    if twice:
        raise DataError(
            f"{card.path}: two parts of the layout hold {twice[0]}; expected each image in one: "
            "make the globs in images narrower"
        )
    if not items:
        looked = ", ".join(part.images for part in card.layout.parts)
        raise DataError(
            f"{root}: no image of {card.name} there; expected {looked} under it: give the folder "
            f"that holds them (`glaucam data fetch {card.name}` says how to get it)"
        )
    return items


def _items(card: Card, root: Path, part: Part) -> Iterator[Item]:
    paths = [path for path in sorted(root.glob(part.images)) if _is_image(path, root)]
    table = _table(card, root, part, paths) if card.layout.rule == "table" else {}
    for path in paths:
        name = path.relative_to(root).as_posix()
        if card.layout.rule == "table" and name not in table:
            if card.layout.partial:
                continue
            raise DataError(
                f"{root / part.table}: no row for {name}; expected its {part.image!r} to be the "
                "image's path, name or stem: add the row, or take the image out"
            )
        text = table[name].label if table else _text(card, path)
        if text in card.layout.leave_out:
            continue
        label = _class(card, root, part, name, text, table)
        patient = _patient(card, path, name, table)
        yield Item(path, label, name, patient, part.split, card.patients.rule == "tens")


def _is_image(path: Path, root: Path) -> bool:
    hidden = any(step[0] == "." for step in path.relative_to(root).parts)
    return path.is_file() and is_image_name(path) and not hidden


def _text(card: Card, path: Path) -> str:
    """The text that tells the class, from the folder's or the file's name; "" where none does."""
    if card.layout.rule == "folder":
        return path.parent.name
    found = re.search(card.layout.pattern, path.name)
    return (found.group(1) or "") if found else ""


def _class(
    card: Card, root: Path, part: Part, name: str, text: str, table: Mapping[str, _Row]
) -> int:
    values = card.layout.values
    if text not in values:
        known = [*values, *card.layout.leave_out]
        where = f"{root / part.table}, line {table[name].line}" if table else str(root)
        raise DataError(
            f"{where}: {name} is of {unknown('class', text, known)}: correct it, or add it to the "
            f"card's values ({card.path.name})"
        )
    return card.classes.index(values[text])


def _patient(card: Card, path: Path, name: str, table: Mapping[str, _Row]) -> str:
    rule = card.patients
    if rule.rule == "table":
        return table[name].patient
    if rule.rule == "tens":
        return tens_of_file_number(path.name)
    found = re.search(rule.pattern, path.name) if rule.rule == "name" else None
    return (found.group(1) or "") if found else ""


def _table(card: Card, root: Path, part: Part, paths: list[Path]) -> dict[str, _Row]:
    """Image name → row. A row names its image by path, by file name or by stem."""
    rows = _rows(card, root / part.table, part)
    names = [path.relative_to(root).as_posix() for path in paths]
    keys: dict[str, list[str]] = {}
    for name in names:
        pure = PurePath(name)
        for key in {name, pure.name, pure.stem}:
            keys.setdefault(key, []).append(name)
    found: dict[str, _Row] = {}
    absent = []
    for key, row in rows.items():
        meant = keys.get(key.replace("\\", "/").strip(), [])
        if len(meant) > 1:
            raise DataError(
                f"{root / part.table}: {key!r} may be {meant[0]} or {meant[1]}; expected one "
                "image of that name: move the others out, or name the path in the table"
            )
        if not meant:
            absent.append(key)
        for name in meant:
            found[name] = row
    if absent and not card.layout.partial:
        raise DataError(
            f"{root / part.table}: {len(absent)} image(s) listed there are absent, first "
            f"{absent[0]}; expected them under {part.images}: finish the download, or delete the "
            "rows"
        )
    return found


def _rows(card: Card, path: Path, part: Part) -> dict[str, _Row]:
    columns = {part.image, part.label}
    columns |= {card.patients.column} if card.patients.rule == "table" else set()
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            table = csv.DictReader(file, part.columns or None, delimiter=part.delimiter)
            missing = sorted(columns - set(table.fieldnames or ()))
            rows = [] if missing else list(table)
    except FileNotFoundError:
        raise DataError(
            f"{path}: no such table; {card.name} has its classes there: `glaucam data fetch "
            f"{card.name}` says how to get it"
        ) from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path}: cannot be read as CSV ({error}); save it as UTF-8") from error
    if missing:
        raise DataError(
            f"{path}: no column {missing[0]!r}; it has {', '.join(table.fieldnames or ())}: take "
            "the table of the release, or correct the card"
        )
    found: dict[str, _Row] = {}
    for line, row in enumerate(rows, start=2):
        key = (row[part.image] or "").strip()
        said = _Row(
            (row[part.label] or "").strip(), (row.get(card.patients.column) or "").strip(), line
        )
        if key in found and found[key].label != said.label:
            raise DataError(
                f"{path}: {key!r} is {found[key].label!r} in line {found[key].line} and "
                f"{said.label!r} in line {line}; expected one class: correct the table"
            )
        if key:
            found.setdefault(key, said)
    return found
