"""Occlusion: what the score loses when a window of the image is covered."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil

import torch
from torch import nn

from glaucam.methods.base import Look
from glaucam.methods.input import INPUT, InputMethod, logits_of
from glaucam.methods.target import Target
from glaucam.models.state import preserved
from glaucam.registry import METHODS


@METHODS.register("occlusion")
class Occlusion(InputMethod):
    """raw map = mean over the windows that cover a pixel of y(x) − y(x with the window at 0).

    After Zeiler and Fergus 2014, sec. 4.2; signed: below 0 where covering raises the score. The
    cover is 0 in preprocessed units, an even mean colour; windows are cut at the border.
    """

    title = "Occlusion"
    paper = "Zeiler and Fergus 2014, Visualizing and understanding convolutional networks"
    needs_gradients = False
    cost = "121 inferences for all targets together"

    window = 1 / 6  # parts of the image's height and width
    stride = 1 / 12
    batch = 64  # covered images that are held in memory together

    @contextmanager
    def look_at(
        self, model: nn.Module, images: torch.Tensor, target_layer: str | None = None
    ) -> Iterator[Look]:
        with preserved(model), torch.inference_mode(False), torch.no_grad():
            logits = logits_of(model, images)
            covers = self.covers(images)
            losses = torch.stack([self._loss(model, image, covers) for image in images])  # [N,P,K]
            yield Look(logits, INPUT, lambda target: self._map(target, losses, covers))

    def covers(self, images: torch.Tensor) -> torch.Tensor:
        """Every place of the window, bool [P,H,W]."""
        H, W = images.shape[2:]
        rows, columns = self._bands(H, images.device), self._bands(W, images.device)
        return (rows[:, None, :, None] & columns[None, :, None, :]).flatten(0, 1)

    def _bands(self, side: int, device: torch.device) -> torch.Tensor:
        """Where the window lies along one axis, bool [places, side]."""
        window, stride = (max(1, round(part * side)) for part in (self.window, self.stride))
        starts = stride * torch.arange(ceil((side - window) / stride) + 1, device=device)
        offset = torch.arange(side, device=device) - starts[:, None]
        return (offset >= 0) & (offset < window)

    def _loss(self, model: nn.Module, image: torch.Tensor, covers: torch.Tensor) -> torch.Tensor:
        """What each logit of one image [3,H,W] loses under each cover, [P,K]."""
        whole = logits_of(model, image[None])
        covered = [
            logits_of(model, image.masked_fill(some[:, None], 0))
            for some in covers.split(self.batch)
        ]
        return whole - torch.cat(covered)

    def _map(self, target: Target, losses: torch.Tensor, covers: torch.Tensor) -> torch.Tensor:
        """[N,P,K] losses spread over what each cover hides, [N,H,W]."""
        loss = target.combined(lambda k: losses[:, :, k]).float()
        hidden = covers.to(loss.dtype)
        return torch.einsum("np,phw->nhw", loss, hidden) / hidden.sum(dim=0)
