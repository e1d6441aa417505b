"""A network that outlines disc and cup and names the class, learned on phantoms only.

It looks twice: the disc it outlines at the first look is brought to the middle and to one size for
the second, so that photos that were cropped differently are read alike.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import torch
from disc_crops import SIDE, drawn, standardised, zoomed_and_mirrored
from PIL import Image
from torch import nn
from torch.nn import functional as F
from tqdm import tqdm

from glaucam.models.retinal_cnn import convolution_block
from glaucam.training.augment import augment

DIAMETERS = 2.0  # side of the second look, in disc diameters


class DiscReader(nn.Module):
    """Four blocks of the course's network, GAP and linear; beside it two outlines at half size.

    [N,3,S,S] → logits [N,2], outlines of disc and cup as logits [N,2,S/2,S/2].
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
        self.classifier = nn.Linear(128, 2)

    def forward(self, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        maps = []
        for block in self.blocks:
            images = block(images)
            maps.append(images)
        merged = self.across[-1](maps[-1])
        for across, A in zip(self.across[-2::-1], maps[-2::-1], strict=True):
            merged = F.interpolate(merged, A.shape[2:], mode="bilinear") + across(A)
        return self.classifier(maps[-1].mean(dim=(2, 3))), self.outline(F.relu(merged))


def learn(n: int, epochs: int, seed: int = 9001, progress: bool = True) -> DiscReader:
    """Draw ``n`` disc crops and train on them."""
    images, outlines, labels = drawn(n, seed, progress)
    torch.manual_seed(seed)
    net = DiscReader().to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(net.parameters(), lr=4e-3, weight_decay=1e-3)
    batch = 64
    steps = epochs * (n // batch)
    rate = torch.optim.lr_scheduler.OneCycleLR(optimiser, 4e-3, total_steps=steps)
    generator = torch.Generator().manual_seed(seed)
    net.train()
    for step in tqdm(range(steps), desc="learning", disable=not progress):
        if step % (n // batch) == 0:
            order = torch.randperm(n, generator=generator)
        rows = order[batch * (step % (n // batch)) :][:batch]
        x, m = zoomed_and_mirrored(images[rows], outlines[rows], generator)
        logits, said = net(augment_light(x, generator))
        loss = F.cross_entropy(logits, labels[rows]) + 2 * F.binary_cross_entropy_with_logits(
            said, m
        )
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        rate.step()
    return net.eval()


def augment_light(images: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """The library's light and noise, on half of the images: the phantoms' cameras vary already."""
    changed = augment(images, generator)
    return torch.where(torch.rand(len(images), 1, 1, 1, generator=generator) < 0.5, changed, images)


def read(net: DiscReader, photos: list[np.ndarray]) -> dict[str, np.ndarray]:
    """What it says of photos uint8 [H,W,3] around a disc: ``p_glaucoma``, ``vcdr``, each [N]."""
    first = [_box_all(photo) for photo in photos]
    _, outlines = look(net, photos, first)
    second = [
        _box_around(o[0], box, photo) for o, box, photo in zip(outlines, first, photos, strict=True)
    ]
    p, outlines = look(net, photos, second)
    return {
        "p_glaucoma": p,
        "vcdr": np.array([height(o[1]) / max(height(o[0]), 1) for o in outlines]),
    }


@torch.no_grad()
def look(
    net: DiscReader, photos: list[np.ndarray], boxes: list[tuple]
) -> tuple[np.ndarray, np.ndarray]:
    """p(glaucoma) [N] and outlines [N,2,S/2,S/2] in [0,1], each the mean with the mirrored eye."""
    size, how = (SIDE, SIDE), Image.Resampling.BILINEAR
    pairs = zip(photos, boxes, strict=True)
    small = [Image.fromarray(photo).resize(size, how, box=box) for photo, box in pairs]
    images = torch.from_numpy(np.stack([np.asarray(s) for s in small]).transpose(0, 3, 1, 2))
    x = standardised(images.float() / 255)
    logits, outlines = net(x)
    mirrored, mirrored_outlines = net(x.flip(3))  # the other eye, of the same class
    p = ((logits + mirrored) / 2).softmax(dim=1)[:, 1]
    return p.numpy(), ((outlines + mirrored_outlines.flip(3)) / 2).sigmoid().numpy()


def height(outline: np.ndarray) -> float:
    """Height in px of what is inside, to a fraction: by the widest column sum of probabilities."""
    return float(np.sort(outline.sum(axis=0))[-2:].mean())


def _box_all(photo: np.ndarray) -> tuple[float, float, float, float]:
    h, w = photo.shape[:2]
    side = min(h, w)
    return ((w - side) / 2, (h - side) / 2, (w + side) / 2, (h + side) / 2)


def _box_around(
    disc: np.ndarray, box: tuple, photo: np.ndarray
) -> tuple[float, float, float, float]:
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
