"""What `glaucam data list, fetch, check, split` do with what they were asked."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from glaucam.data.cards import find_card
from glaucam.data.check import check_folder
from glaucam.data.check_card import check_card
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


def list_sets() -> list[dict[str, Any]]:
    """A row per data set: its name and title, classes, how it comes, and what its terms are."""
    rows = []
    for name, entry in DATASETS.items():
        row = {"name": name, "title": entry.title, "classes": list(entry.classes)}
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

        return fetch(card, args.root, told)


def check_as_asked(args: Namespace) -> tuple[dict[str, Any], bool]:
    """(report, whether nothing is wrong) of a class folder, or of a card's files."""
    name = str(args.folder)
    if name in DATASETS:
        entry = DATASETS[name]
        if not isinstance(entry, CardSet):
            raise DataError(f"{name} is made when asked for: there are no files to check")
        report = check_card(entry, args.root, args.splits)
        return report, report["ok"]
    found = check_folder(Path(args.folder))
    return found.to_dict(), found.ok


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
