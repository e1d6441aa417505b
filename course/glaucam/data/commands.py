"""What `glaucam data list, fetch, check, split` do with what they were asked."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from glaucam.data.card import TOLD
from glaucam.data.cards import find_card
from glaucam.data.check import check_folder
from glaucam.data.check_card import check_card, leaks
from glaucam.data.dataset import SPLITS, EyeData
from glaucam.data.fetch import fetch
from glaucam.data.files import EyeFiles
from glaucam.data.source import CardSet, open_data
from glaucam.data.split_files import SPLITS_FILE, anew, split_groups, write_splits
from glaucam.errors import DataError
from glaucam.registry import DATASETS


def opened(args: Namespace, **options: Any) -> EyeData:
    """The data set of ``--data`` with ``--root, --splits, --skip-unreadable``.

    Files that were left out are listed once, on stderr.
    """
    data = open_data(
        args.data, root=args.root, splits=args.splits, skip_unreadable=args.skip_unreadable,
        **options,
    )  # fmt: skip
    skipped = getattr(data, "skipped", [])
    if skipped:
        print(f"left out {len(skipped)} file(s) that cannot be read:", file=sys.stderr)
        for line in skipped:
            print(f"  {line}", file=sys.stderr)
    return data


def list_as_asked(args: Namespace) -> dict[str, Any]:
    """All sets, a line each for people; or one, with all that its card says."""
    if args.name:
        return one_set(args.name)
    rows = list_sets()
    return {"data_sets": rows if args.json else "\n" + _in_lines(rows)}


def one_set(name: str) -> dict[str, Any]:
    """Everything the card of ``name`` says; of phantoms, what the class says."""
    entry = DATASETS[name]
    if not isinstance(entry, CardSet):
        return next(row for row in list_sets() if row["name"] == entry.name)
    card = entry.card
    told = {name: getattr(card, name) for name in ("name", "title", "task", "modality", "source")}
    told |= {"classes": list(card.classes), "comes": _comes(entry), "home": str(entry.home)}
    told |= {name: getattr(card, name) for name in TOLD}
    told |= {"layout": card.layout.rule, "patients": card.patients.rule, "masks": list(card.masks)}
    return told | {"traps": _numbered(card.traps), "steps": _numbered(card.steps),
                   "read_in": dict(card.read_in), "card": str(card.path)}  # fmt: skip


def _numbered(lines: Iterable[str]) -> dict[str, str]:
    return {str(i): line for i, line in enumerate(lines, start=1)}


def _in_lines(rows: list[dict[str, Any]]) -> str:
    cells = [(row["name"], row["task"], ", ".join(row["classes"]), row["comes"]) for row in rows]
    widths = [max(len(row[i]) for row in cells) for i in range(3)]
    lines = ["  ".join([*(c.ljust(w) for c, w in zip(row, widths, strict=False)), row[3]])
             for row in cells]  # fmt: skip
    return "\n".join([*lines, "", "`glaucam data list NAME` says all that is known of one."])


def list_sets() -> list[dict[str, Any]]:
    """A row per data set: its name and title, classes, how it comes, and what its terms are."""
    rows = []
    for name, entry in DATASETS.items():
        row = {"name": name, "title": entry.title, "task": entry.task}
        row["classes"] = list(entry.classes)
        if isinstance(entry, CardSet):
            card = entry.card
            row |= {"comes": _comes(entry), "licence": card.licence, "source": card.source}
        else:
            row |= {"comes": "made when asked for", "licence": "CC0-1.0", "source": None}
        rows.append(row)
    return rows


def _comes(entry: CardSet) -> str:
    card = entry.card
    if entry.home.is_dir():
        return f"here: {entry.home}"
    if card.files or card.layout.rule == "medmnist":
        return f"glaucam data fetch {card.name}"
    return "by hand" if card.is_readable else "by hand; a card only"


def fetch_as_asked(args: Namespace) -> dict[str, Any]:
    """Download a card's files, with a bar on stderr, or give the steps."""
    from tqdm import tqdm

    card = find_card(args.name)
    with tqdm(unit="B", unit_scale=True, desc=card.name, disable=not sys.stderr.isatty()) as bar:

        def told(came: int, total: int | None) -> None:
            bar.total = total
            bar.update(came - bar.n)

        done = fetch(card, args.root, told)
    return done if args.json else {**done, "steps": _numbered(done["steps"])}


def check_as_asked(args: Namespace) -> tuple[dict[str, Any], bool]:
    """(report, whether nothing is wrong) of a class folder, or of a card's files."""
    name = str(args.folder)
    if name in DATASETS:
        entry = DATASETS[name]
        if not isinstance(entry, CardSet):
            raise DataError(f"{name} is made when asked for: there are no files to check")
        report = check_card(entry, args.root, args.splits)
        return report, report["ok"]
    found = check_folder(Path(args.folder)).to_dict()
    if args.root:
        raise DataError(f"{name}: --root is for a card's name; a folder is its own root")
    if args.splits:
        data = open_data(name, complete=False, splits=args.splits, skip_unreadable=True)
        found["leaks"] = leaks(data) if isinstance(data, EyeFiles) else []
    return found, found["ok"] and not found.get("leaks")


def split_as_asked(args: Namespace) -> dict[str, Any]:
    """Write a split that keeps patients and near duplicates together; counts per split."""
    data = opened(args, complete=False)
    if not isinstance(data, EyeFiles):
        raise DataError(f"{data.name} has a split of its own; only sets of files are split")
    out = args.out or data.root / SPLITS_FILE
    groups = split_groups(data.items, look=True)
    own = any(item.split for item in data.items)
    if own and not args.anew:
        raise DataError(
            f"{data.root}: has its own {', '.join(sorted(set(data.splits)))}; --anew makes another "
            "split of all images"
        )
    splits = anew(data.items, args.fractions, args.seed, groups)
    write_splits(out, data.image_names, splits, groups)
    return {"splits": str(out), "groups": len(set(groups)), **_counts(data, splits)}


def _counts(data: EyeData, splits: np.ndarray) -> dict[str, Any]:
    named = np.array(data.classes)[data.labels]
    return {
        split: {name: int(n) for name, n in sorted(Counter(named[splits == split]).items())}
        for split in SPLITS
    }
