"""What methods share that read a network's attention instead of activations and gradients."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import nn

from glaucam.errors import ModelError
from glaucam.methods.base import Look, Method
from glaucam.methods.input import logits_of
from glaucam.methods.target import Target
from glaucam.models.attention import AttentionWatch
from glaucam.models.layout import Tokens
from glaucam.models.state import preserved
from glaucam.models.target_layer import layouts

ATTENTION = "attention"  # what Explanation.target_layer says of these methods


class AttentionMethod(Method):
    """A method that reads attention: subclass, register, and write ``reading``.

    Attention knows no classes: every class has the same map, and their contrast is zero everywhere,
    flagged degenerate. A target layer that is asked for is not read.
    """

    def reading(self, attentions: Sequence[torch.Tensor]) -> torch.Tensor:
        """A of each layer in turn, averaged over heads, [N,T,T] → what tokens read of the input
        tokens, [N,T,T]."""
        raise NotImplementedError

    @contextmanager
    def look_at(
        self, model: nn.Module, images: torch.Tensor, target_layer: str | None = None
    ) -> Iterator[Look]:
        """Run ``images`` [N,3,H,W] once. Raises ModelError where there is no attention to read."""
        with preserved(model), torch.inference_mode(False), torch.no_grad():
            with AttentionWatch() as watched:
                logits = logits_of(model, images)
            tokens = attended_tokens(model, images, watched)
            raw = class_row(self.reading(watched.mean), tokens)
            yield Look(logits, ATTENTION, lambda target: same_for_all(target, raw))


def attended_tokens(model: nn.Module, images: torch.Tensor, watched: AttentionWatch) -> Tokens:
    """The tokens all layers attend among; ModelError where there are none, or not one set."""
    name = type(model).__name__
    if not watched.shapes:
        raise ModelError(f"{name} has no self-attention to read: choose gradcam")
    count = watched.shapes[-1][-1]
    sizes = {(shape[0], *shape[2:]) for shape in watched.shapes}
    found = [t for t in layouts(model, images).values() if isinstance(t, Tokens)]
    fitting = [tokens for tokens in found if tokens.count == count]
    if sizes != {(len(images), count, count)} or not fitting:
        raise ModelError(
            f"{name} attends in windows, among channels or at several resolutions; this method "
            "needs every layer to attend among all tokens: choose gradcam"
        )
    return fitting[-1]


def class_row(reading: torch.Tensor, tokens: Tokens) -> torch.Tensor:
    """What the class token (else all tokens, on average) reads of each place: [N,T,T] → [N,h,w]."""
    row = reading.mean(dim=1) if tokens.class_token is None else reading[:, tokens.class_token]
    return tokens.as_map(row[:, :, None])[:, 0]


def same_for_all(target: Target, raw: torch.Tensor) -> torch.Tensor:
    """The target's map when each class has the same: Σ_k weight · raw map."""
    return target.combined(lambda _: raw)
