"""Phantom disc crops with the outlines of disc and cup, drawn by two processes, as batches."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F
from tqdm import tqdm

from glaucam.data import FundusParameters, PhantomFundus

SIDE = 64  # px, what a network sees
DRAWN = 96  # px of a phantom, for what is enlarged
SEVERITY = 1.5  # with the paler cups of advanced disease, as clinics see many


def drawn(n: int, seed: int, progress: bool) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Photos uint8 [n,3,DRAWN,DRAWN], masks of disc and cup uint8 [n,2,…], labels [n]."""
    half = n // 2
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as pool:
        files = [Path(folder, f"{k}.npz") for k in (0, 1)]
        jobs = [[seed, 0, half, str(files[0])], [seed, half, n, str(files[1])]]
        list(tqdm(pool.map(_draw_apart, jobs), total=2, desc="drawing", disable=not progress))
        parts = [np.load(file, allow_pickle=False) for file in files]
        images, masks, labels = (
            torch.from_numpy(np.concatenate([part[name] for part in parts]))
            for name in ("images", "masks", "labels")
        )
    return images, masks, labels


def _draw_apart(job: list) -> None:
    subprocess.run([sys.executable, __file__, json.dumps(job)], check=True)


def _draw(seed: int, start: int, stop: int, out: str) -> None:
    data = PhantomFundus(stop, seed, FundusParameters(size=DRAWN, view="crop", severity=SEVERITY))
    eyes = [data[i] for i in range(start, stop)]
    masks = [np.stack([eye.masks["disc"], eye.masks["cup"]]) for eye in eyes]
    images = np.stack([eye.image for eye in eyes]).transpose(0, 3, 1, 2)
    labels = np.array([eye.label for eye in eyes], np.int64)
    np.savez(out, images=images, masks=255 * np.stack(masks).astype(np.uint8), labels=labels)


def zoomed_and_mirrored(
    images: torch.Tensor, outlines: torch.Tensor, generator: torch.Generator
) -> tuple[torch.Tensor, torch.Tensor]:
    """Photos at SIDE and their outlines at half of it, mirrored by chance, turned a little."""
    N = len(images)
    turn = 0.2 * torch.randn(N, generator=generator)
    scale = torch.exp(0.12 * torch.randn(N, generator=generator))
    mirror = torch.where(torch.rand(N, generator=generator) < 0.5, -1.0, 1.0)
    move = 0.08 * torch.randn(N, 2, generator=generator)
    cos, sin = scale * torch.cos(turn), scale * torch.sin(turn)
    rows = torch.stack([mirror * cos, -sin, move[:, 0], mirror * sin, cos, move[:, 1]], 1)
    theta = rows.view(N, 2, 3)

    def warped(values: torch.Tensor, side: int) -> torch.Tensor:
        grid = F.affine_grid(theta, [N, values.shape[1], side, side], align_corners=False)
        return F.grid_sample(values.float() / 255, grid, padding_mode="reflection",
                             align_corners=False)  # fmt: skip

    return standardised(warped(images, SIDE)), warped(outlines, SIDE // 2)


def standardised(images: torch.Tensor) -> torch.Tensor:
    """Each channel of each image to mean 0 and deviation 1 over what is not black, [N,3,S,S]."""
    inside = (images.sum(dim=1, keepdim=True) > 0.1).float()
    n = inside.sum(dim=(2, 3), keepdim=True).clamp(min=1)
    mean = (images * inside).sum(dim=(2, 3), keepdim=True) / n
    spread = (((images - mean) ** 2 * inside).sum(dim=(2, 3), keepdim=True) / n).sqrt()
    return (images - mean) / spread.clamp(min=1e-3) * inside


if __name__ == "__main__":
    _draw(*json.loads(sys.argv[1]))
