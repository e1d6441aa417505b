"""Phantom disc crops with the outlines of disc and cup, drawn by two processes, as batches."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F
from tqdm import tqdm

from glaucam.data import FundusParameters, PhantomFundus
from glaucam.training.augment import relight

SIDE = 64  # px, what a network sees
DRAWN = 96  # px of a phantom, for what is enlarged
SEVERITY = 1.5  # with the paler discs of advanced disease, as clinics see many


@dataclass(frozen=True)
class Crops:
    """``photos`` uint8 [n,3,DRAWN,DRAWN], ``masks`` of disc and cup uint8 [n,2,…], ``labels`` [n],
    true vertical cup-to-disc ``ratios`` float [n].
    """

    photos: torch.Tensor
    masks: torch.Tensor
    labels: torch.Tensor
    ratios: torch.Tensor


def crop_parameters(size: int) -> FundusParameters:
    """What all phantoms of this benchmark are drawn by."""
    return FundusParameters(size=size, view="crop", severity=SEVERITY, wide=True)


def drawn(n: int, seed: int, progress: bool) -> Crops:
    """The first ``n`` phantoms of a seed."""
    half = n // 2
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as pool:
        files = [Path(folder, f"{k}.npz") for k in (0, 1)]
        jobs = [[seed, 0, half, str(files[0])], [seed, half, n, str(files[1])]]
        list(tqdm(pool.map(_draw_apart, jobs), total=2, desc="drawing", disable=not progress))
        parts = [np.load(file, allow_pickle=False) for file in files]
        names = [field.name for field in fields(Crops)]
        whole = {name: np.concatenate([part[name] for part in parts]) for name in names}
    return Crops(**{name: torch.from_numpy(array) for name, array in whole.items()})


def _draw_apart(job: list) -> None:
    subprocess.run([sys.executable, __file__, json.dumps(job)], check=True)


def _draw(seed: int, start: int, stop: int, out: str) -> None:
    data = PhantomFundus(stop, seed, crop_parameters(DRAWN))
    eyes = [data[i] for i in range(start, stop)]
    masks = [np.stack([eye.masks["disc"], eye.masks["cup"]]) for eye in eyes]
    photos = np.stack([eye.image for eye in eyes]).transpose(0, 3, 1, 2)
    labels = np.array([eye.label for eye in eyes], np.int64)
    ratios = np.array([eye.attributes["vcdr"] for eye in eyes], np.float32)
    masks = 255 * np.stack(masks).astype(np.uint8)
    np.savez(out, photos=photos, masks=masks, labels=labels, ratios=ratios)


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


def lit_otherwise(images: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """The library's change of light with clouds of shade and tint in it, on three of four images:
    what a network shall not go by. Nothing moves, so outlines stay where they are.
    """
    N, size = len(images), images.shape[2:]

    def cloud(channels: int, cells: int) -> torch.Tensor:
        coarse = torch.randn(N, channels, cells, cells, generator=generator)
        return F.interpolate(coarse, size=size, mode="bicubic")

    inside = (images != 0).any(dim=1, keepdim=True)
    strength = torch.rand(N, 1, 1, 1, generator=generator)
    clouds = (0.25 * strength * cloud(1, 4) + 0.1 * cloud(3, 3)) * inside
    changed = torch.rand(N, 1, 1, 1, generator=generator) < 0.75
    return torch.where(changed, relight(images + clouds, generator), images)


def standardised(images: torch.Tensor) -> torch.Tensor:
    """Each channel of each image to mean 0 and deviation 1 over what is not black, [N,3,S,S]."""
    inside = (images.sum(dim=1, keepdim=True) > 0.1).float()
    n = inside.sum(dim=(2, 3), keepdim=True).clamp(min=1)
    mean = (images * inside).sum(dim=(2, 3), keepdim=True) / n
    spread = (((images - mean) ** 2 * inside).sum(dim=(2, 3), keepdim=True) / n).sqrt()
    return (images - mean) / spread.clamp(min=1e-3) * inside


if __name__ == "__main__":
    _draw(*json.loads(sys.argv[1]))
