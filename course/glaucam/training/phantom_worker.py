"""Phantoms drawn and preprocessed by several processes, as Examples.

Each worker is a Python of its own (``python -m glaucam.training.phantom_worker``), not a fork: it
works the same in a notebook, a server with threads, and a script without a main guard.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from tqdm import tqdm

from glaucam.errors import GlaucamError

if TYPE_CHECKING:
    from glaucam.data import PhantomData, Preprocessing
    from glaucam.training.examples import Examples


def phantom_examples(
    data: PhantomData,
    preprocessing: Preprocessing,
    workers: int | None = None,
    progress: bool = True,
) -> Examples:
    """All phantoms of ``data``, preprocessed; the same whatever the number of workers."""
    import torch

    from glaucam.training.examples import Examples

    with tempfile.TemporaryDirectory() as folder:
        job = {"data": data.name, "seed": data.seed, "parameters": asdict(data.parameters)}
        job["as"] = preprocessing.to_dict()
        files = _run(job, _pieces(len(data), workers or cores()), Path(folder), progress)
        images = np.concatenate([np.load(file, allow_pickle=False) for file in files])
    return Examples(torch.from_numpy(images), torch.from_numpy(data.labels), data.classes)


def cores() -> int:
    """The cores this process may use, which can be fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _pieces(n: int, workers: int) -> list[tuple[int, int]]:
    """Cut 0 … n into one range for each worker."""
    edges = np.linspace(0, n, min(workers, n) + 1).astype(int).tolist()
    return list(pairwise(edges))


def _run(job: dict, pieces: list[tuple[int, int]], folder: Path, progress: bool) -> list[Path]:
    """Start a worker for each piece, follow their progress, return their files in order."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    read, write = os.pipe()  # one pipe for all: a byte for each phantom drawn
    started, files = [], []
    for start, stop in pieces:
        files.append(folder / f"{start}.npy")
        task = json.dumps({**job, "start": start, "stop": stop, "out": str(files[-1])})
        command = [sys.executable, "-m", __name__, task]
        started.append(subprocess.Popen(command, stdout=write, env=environment))
    os.close(write)
    try:
        with tqdm(total=pieces[-1][1], desc="phantoms", unit="eye", disable=not progress) as bar:
            while drawn := os.read(read, 1024):
                bar.update(len(drawn))
        if any(process.wait() for process in started):
            raise GlaucamError("a worker that draws phantoms failed; what it said stands above")
    finally:
        os.close(read)
        for process in started:
            process.kill()
            process.wait()
    return files


def main(task: str) -> None:
    """Draw one piece and save it as float32 [n,3,S,S]."""
    from glaucam.data import Preprocessing
    from glaucam.registry import DATASETS

    job = json.loads(task)
    kind = DATASETS[job["data"]]
    parameters = type(kind.default_parameters)(**job["parameters"])
    data = kind(job["stop"], job["seed"], parameters)
    preprocessing = Preprocessing.from_dict(job["as"])
    rows = []
    for i in range(job["start"], job["stop"]):
        rows.append(preprocessing.scaled(data.image(i)).transpose(2, 0, 1))
        sys.stdout.write(".")
        sys.stdout.flush()
    np.save(job["out"], np.stack(rows))


if __name__ == "__main__":
    main(sys.argv[1])
