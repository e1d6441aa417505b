"""Networks that outline disc and cup, say how large the cup is, and name the class.

They have seen phantoms only. They look twice: the disc that they outline at the first look is
brought to the middle and to one size for the second, so that photos that were cropped differently
are read alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import torch
from disc_crops import SIDE, Crops, drawn, lit_otherwise, standardised, zoomed_and_mirrored
from PIL import Image
from torch import nn
from torch.nn import functional as F
from torch.optim.swa_utils import AveragedModel
from tqdm import tqdm

from glaucam.models.retinal_cnn import convolution_block

DIAMETERS = 2.0  # side of the second look, in disc diameters
MEMBERS = 3  # networks that are asked together
BATCH, RATE = 64, 4e-3
SETTLED = 0.6  # part of the steps after which weights are averaged
Box = tuple[float, float, float, float]


class DiscReader(nn.Module):
    """Four blocks of the course's network, GAP and linear; beside it two outlines at half size.

    [N,3,S,S] → logits [N,2], cup-to-disc ratio [N], outlines of disc and cup as logits
    [N,2,S/2,S/2].
    """

    def __init__(self) -> None:
        super().__init__()
        sizes = (3, 24, 48, 96, 128)
        pairs = pairwise(sizes)
        self.blocks = nn.ModuleList(convolution_block(a, b) for a, b in pairs)
        self.across = nn.ModuleList(nn.Conv2d(channels, 32, 1) for channels in sizes[1:])
        self.outline = nn.Sequential(
            nn.Conv2d(32, 32, 3, padding=1), nn.ReLU(), nn.Conv2d(32, 2, 1)
        )
        self.classifier, self.ratio = nn.Linear(128, 2), nn.Linear(128, 1)

    def forward(self, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        maps = []
        for block in self.blocks:
            images = block(images)
            maps.append(images)
        merged = self.across[-1](maps[-1])
        for across, A in zip(self.across[-2::-1], maps[-2::-1], strict=True):
            merged = F.interpolate(merged, A.shape[2:], mode="bilinear") + across(A)
        pooled = maps[-1].mean(dim=(2, 3))
        ratio = 0.5 + self.ratio(pooled)[:, 0]
        return self.classifier(pooled), ratio, self.outline(F.relu(merged))


def learn(n: int, epochs: int, seed: int = 9001, progress: bool = True) -> list[DiscReader]:
    """Draw ``n`` disc crops and train MEMBERS networks on them."""
    crops = drawn(n, seed, progress)
    return [trained(crops, epochs, seed + k, progress) for k in range(MEMBERS)]


def trained(crops: Crops, epochs: int, seed: int, progress: bool) -> DiscReader:
    """One network, its weights the mean of those of the last steps (Izmailov et al. 2018)."""
    torch.manual_seed(seed)
    net = DiscReader().to(memory_format=torch.channels_last)
    mean = AveragedModel(net, use_buffers=True)
    optimiser = torch.optim.AdamW(net.parameters(), lr=RATE, weight_decay=1e-3)
    steps_each = len(crops.labels) // BATCH
    steps = epochs * steps_each
    rate = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=steps)
    generator = torch.Generator().manual_seed(seed)
    net.train()
    for step in tqdm(range(steps), desc="learning", disable=not progress):
        if step % steps_each == 0:
            order = torch.randperm(len(crops.labels), generator=generator)
        rows = order[BATCH * (step % steps_each) :][:BATCH]
        loss = loss_of(net, crops, rows, generator)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        rate.step()
        if step >= SETTLED * steps:
            mean.update_parameters(net)
    return mean.module.eval()


def loss_of(
    net: DiscReader, crops: Crops, rows: torch.Tensor, generator: torch.Generator
) -> torch.Tensor:
    """Of class, ratio and outlines together."""
    x, outlines = zoomed_and_mirrored(crops.photos[rows], crops.masks[rows], generator)
    logits, ratio, said = net(lit_otherwise(x, generator))
    return (
        F.cross_entropy(logits, crops.labels[rows])
        + 20 * F.mse_loss(ratio, crops.ratios[rows])
        + 2 * F.binary_cross_entropy_with_logits(said, outlines)
    )


def read(nets: Sequence[DiscReader], photos: list[np.ndarray]) -> dict[str, np.ndarray]:
    """What they say of photos uint8 [H,W,3] around a disc, each [N]: ``p_glaucoma``; ``vcdr``, the
    mean of the ratio that is said and of the one outlined; ``pallor``, log green of the outlined
    cup above that around the disc.
    """
    first = [_box_all(photo) for photo in photos]
    _, _, outlines = look(nets, photos, first)
    second = [
        _box_around(o[0], box, photo) for o, box, photo in zip(outlines, first, photos, strict=True)
    ]
    p, ratio, outlines = look(nets, photos, second)
    outlined = np.array([height(o[1]) / max(height(o[0]), 1) for o in outlines])
    seen = zip(photos, second, outlines, strict=True)
    return {
        "p_glaucoma": p,
        "vcdr": (ratio + outlined) / 2,
        "pallor": np.array([pallor(photo, box, *o) for photo, box, o in seen]),
    }


@torch.no_grad()
def look(
    nets: Sequence[DiscReader], photos: list[np.ndarray], boxes: list[Box]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """p(glaucoma) [N], ratio [N] and outlines [N,2,S/2,S/2] in [0,1], each the mean over the
    networks and with the mirrored eye.
    """
    pairs = zip(photos, boxes, strict=True)
    small = np.stack([resized(photo, box, SIDE) for photo, box in pairs]).transpose(0, 3, 1, 2)
    x = standardised(torch.from_numpy(small).float() / 255)
    told = [(*net(x), *net(x.flip(3))) for net in nets]  # the other eye is of the same class
    p = torch.stack([((a + b) / 2).softmax(dim=1)[:, 1] for a, _, _, b, _, _ in told])
    ratio = torch.stack([(a + b) / 2 for _, a, _, _, b, _ in told])
    outlines = torch.stack([((a + b.flip(3)) / 2).sigmoid() for _, _, a, _, _, b in told])
    return p.mean(0).numpy(), ratio.mean(0).numpy(), outlines.mean(0).numpy()


def resized(photo: np.ndarray, box: Box, side: int) -> np.ndarray:
    """uint8 [side,side,3] of what is in the box."""
    how = Image.Resampling.BILINEAR
    return np.asarray(Image.fromarray(photo).resize((side, side), how, box=box))


def pallor(photo: np.ndarray, box: Box, disc: np.ndarray, cup: np.ndarray) -> float:
    """Mean log green inside the cup less that outside the disc, by their outlines in [0,1]."""
    green = np.log1p(resized(photo, box, len(disc))[..., 1].astype(float))
    inside, outside = np.minimum(cup, disc), 1 - disc
    return float(
        np.average(green, weights=inside + 1e-6) - np.average(green, weights=outside + 1e-6)
    )


def height(outline: np.ndarray) -> float:
    """Height in px of what is inside, to a fraction: by the widest column sum of probabilities."""
    return float(np.sort(outline.sum(axis=0))[-2:].mean())


def _box_all(photo: np.ndarray) -> Box:
    h, w = photo.shape[:2]
    side = min(h, w)
    return ((w - side) / 2, (h - side) / 2, (w + side) / 2, (h + side) / 2)


def _box_around(disc: np.ndarray, box: Box, photo: np.ndarray) -> Box:
    """A square DIAMETERS wide around the outlined disc, moved and shrunk to stay in the photo."""
    inside = disc > 0.5
    if inside.sum() < 8:
        return box
    unit = (box[2] - box[0]) / disc.shape[1]
    rows, columns = np.nonzero(inside)
    x, y = box[0] + (columns.mean() + 0.5) * unit, box[1] + (rows.mean() + 0.5) * unit
    side = min(DIAMETERS * 2 * np.sqrt(inside.sum() / np.pi) * unit, *photo.shape[:2])
    left = np.clip(x - side / 2, 0, photo.shape[1] - side)
    top = np.clip(y - side / 2, 0, photo.shape[0] - side)
    return (left, top, left + side, top + side)
