"""The memory of training on more images than fit: peak resident size by the number of files.

Makes N tiny photos on disk, trains one epoch in a process of its own with a bound on the images it
may hold, and prints how large that process became. What grows with N is a name, a label and a path
for each image; pixels do not.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

CHILD = """
import json, resource, sys, time
import torch; torch.set_num_threads(1)
from glaucam.data import Preprocessing, open_data
from glaucam.training.recipe import Recipe
from glaucam.training.train import train
folder, out, megabytes = sys.argv[1], sys.argv[2], float(sys.argv[3])
started = time.perf_counter()
data = open_data(folder)
opened = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
train(data, Recipe(epochs=1, augment=False), out, Preprocessing(size=64, crop=False),
      progress=False, memory=int(megabytes * 2**20))
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"opened_mb": opened / 1024, "peak_mb": peak / 1024,
                  "seconds": time.perf_counter() - started}))
"""


def make_files(root: Path, n: int) -> None:
    """``n`` JPEG photos of 48 px, half of each class, every two of one patient."""
    rng = np.random.default_rng(0)
    lines = ["image,patient"]
    for name in ("normal", "glaucoma"):
        (root / name).mkdir(parents=True)
    for i in range(n):
        name = f"{('normal', 'glaucoma')[i % 2]}/{i:06d}.jpg"
        pixels = rng.integers(0, 255, (6, 6, 3), np.uint8)
        Image.fromarray(pixels).resize((48, 48), Image.Resampling.BICUBIC).save(root / name)
        lines.append(f"{name},p{i // 4}")
    (root / "patients.csv").write_text("\n".join(lines) + "\n")


def measured(n: int, megabytes: float) -> dict[str, Any]:
    """One row: the child's peak on ``n`` files, beside what holding them all would take."""
    with tempfile.TemporaryDirectory() as folder:
        make_files(Path(folder) / "eyes", n)
        run = subprocess.run(
            [sys.executable, "-c", CHILD, f"{folder}/eyes", f"{folder}/run", str(megabytes)],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
    return {"n": n, "all_held_mb": n * 3 * 64 * 64 * 4 / 2**20, "bound_mb": megabytes,
            **json.loads(run.stdout)}  # fmt: skip


def main() -> None:
    command = argparse.ArgumentParser(description=__doc__)
    command.add_argument("--n", type=int, nargs="+", default=[2000, 20000], help="numbers of files")
    command.add_argument("--memory", type=float, default=32, help="MB of images held (default 32)")
    command.add_argument("--json", action="store_true")
    args = command.parse_args()
    rows = [measured(n, args.memory) for n in args.n]
    if args.json:
        print(json.dumps({"rows": rows}))
        return
    print(f"{'files':>7} {'all held':>9} {'bound':>6} {'opened':>7} {'peak MB':>8} {'seconds':>8}")
    columns = {"n": 7, "all_held_mb": 9, "bound_mb": 6, "opened_mb": 7, "peak_mb": 8, "seconds": 8}
    for row in rows:
        print(" ".join(f"{row[name]:>{width}.0f}" for name, width in columns.items()))


if __name__ == "__main__":
    main()
