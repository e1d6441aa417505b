"""Is the gate right: on real eyes, on phantoms, and on pictures that are no eyes?

    python benchmarks/gate.py [--json] [--n N] [--seed S] [--errors FOLDER]

Prints a row per category (how many, how many right), the median milliseconds of processor a picture
takes, and every error with the gate's reasons. Real eyes are read from the folder
that GLAUCAM_REAL_DATA names, if it is set. Grey copies of fundus photos count as fundus photos.
``--errors`` also writes the pictures that were judged wrongly.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).parent))  # run as a file, from anywhere

from non_eyes import made
from packaged_pictures import packaged

from glaucam.data import FundusParameters, PhantomFundus, PhantomOct, read_image
from glaucam.data.gate import FUNDUS, NEITHER, SCAN, judge_image

REAL = {"acrima": FUNDUS, "drishti_gs1_train": FUNDUS, "kermany_oct2017_val": SCAN}
Case = tuple[str, str, np.ndarray]  # category, right kind, picture


def main(arguments: list[str] | None = None) -> None:
    options = parsed(arguments)
    result = measured(cases(options.n, options.seed), options.errors)
    print(json.dumps(result) if options.json else table(result))


def parsed(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    parser.add_argument("--n", type=int, default=5, help="pictures per made category (5)")
    parser.add_argument("--seed", type=int, default=2, help="of what is made")
    parser.add_argument("--errors", type=Path, help="folder for the pictures judged wrongly")
    return parser.parse_args(arguments)


def cases(n: int, seed: int) -> Iterator[Case]:
    yield from real_eyes()
    yield from phantoms(8 * n, seed)
    for category, picture in packaged():
        yield f"found: {category}", NEITHER, picture
    for category, picture in made(n, seed):
        yield f"made: {category}", NEITHER, picture


def real_eyes() -> Iterator[Case]:
    from skimage import data

    yield from with_grey("real: scikit-image", data.retina())
    root = os.environ.get("GLAUCAM_REAL_DATA")
    for name, kind in REAL.items() if root else ():
        for path in sorted((Path(root) / name).glob("*/*")):
            if path.suffix.lower() in (".jpg", ".jpeg"):
                picture = read_image(path)
                yield f"real: {name}", kind, picture
                if kind == FUNDUS:
                    yield f"real: {name}, grey", kind, grey(picture)


def phantoms(n: int, seed: int) -> Iterator[Case]:
    for view in ("macula", "disc", "crop"):
        data = PhantomFundus(n, seed, FundusParameters(view=view))
        for i in range(n):
            yield from with_grey(f"phantom: {view}", data.image(i))
    scans = PhantomOct(n, seed)
    yield from (("phantom: oct", SCAN, scans.image(i)) for i in range(n))


def with_grey(category: str, picture: np.ndarray) -> Iterator[Case]:
    yield category, FUNDUS, picture
    yield f"{category}, grey", FUNDUS, grey(picture)


def grey(picture: np.ndarray) -> np.ndarray:
    return np.asarray(Image.fromarray(picture).convert("L").convert("RGB"))


def measured(pictures: Iterator[Case], errors: Path | None) -> dict:
    """Rows by category, the errors, and the median time."""
    rows: dict[str, dict] = {}
    wrong, milliseconds = [], []
    for category, kind, picture in pictures:
        began = time.process_time()
        gate = judge_image(picture)
        milliseconds.append(1000 * (time.process_time() - began))
        row = rows.setdefault(category, {"category": category, "n": 0, "right": 0})
        if gate.kind != kind:
            wrong.append({"category": category, "number": row["n"], "judged": gate.kind,
                          "reasons": list(gate.reasons)})  # fmt: skip
            keep(errors, picture, f"{category} {row['n']} {gate.kind}")
        row["n"] += 1
        row["right"] += gate.kind == kind
        row[gate.quality] = row.get(gate.quality, 0) + 1
    return {**totals(list(rows.values())), "median_ms": round(statistics.median(milliseconds), 1),
            "rows": list(rows.values()), "errors": wrong}  # fmt: skip


def totals(rows: list[dict]) -> dict[str, float]:
    """Parts judged rightly: of all, of eyes, of what is no eye."""
    eyes = [row for row in rows if row["category"].startswith(("real", "phantom"))]
    others = [row for row in rows if row not in eyes]
    asked = {"right": rows, "right_eyes": eyes, "right_others": others}
    parts = {name: round(count(some, "right") / max(count(some, "n"), 1), 4)
             for name, some in asked.items()}  # fmt: skip
    return {**parts, "n": count(rows, "n"), "n_others": count(others, "n")}


def count(rows: list[dict], what: str) -> int:
    return sum(row[what] for row in rows)


def keep(folder: Path | None, picture: np.ndarray, name: str) -> None:
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture).save(folder / f"{name.replace(': ', '-').replace(' ', '_')}.png")


def table(result: dict) -> str:
    lines = [f"{'category':<40} {'n':>5} {'right':>6} {'good':>5} {'usable':>7} {'reject':>7}"]
    for row in result["rows"]:
        quality = " ".join(
            f"{row.get(q, 0):>{w}}" for q, w in (("good", 5), ("usable", 7), ("reject", 7))
        )
        lines.append(f"{row['category']:<40} {row['n']:>5} {row['right']:>6} {quality}")
    lines.append(
        f"right: {result['right']:.2%} of {result['n']}; {result['right_eyes']:.2%} of eyes, "
        f"{result['right_others']:.2%} of {result['n_others']} others"
    )
    lines.append(f"median {result['median_ms']} ms of processor a picture")
    told = [
        f"  {e['category']} #{e['number']} judged {e['judged']}: {'; '.join(e['reasons']) or '-'}"
        for e in result["errors"]
    ]
    return "\n".join([*lines, "errors:" if told else "no errors", *told])


if __name__ == "__main__":
    main()
