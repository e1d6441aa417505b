"""What tokens read from which, taken from a network as it runs, without editing it."""

from __future__ import annotations

from typing import Any, cast

import torch
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

SOFTMAXES = {torch.softmax, F.softmax, torch.Tensor.softmax}


class AttentionWatch(TorchFunctionMode):
    """Notes the attention weights of every layer that runs, whichever way it computes them.

    ``shapes``: of each layer's weights, [N,heads,queries,keys]. ``mean``: averaged over the heads,
    [N,queries,keys]. A softmax along the last axis of a tensor of three or four axes counts.
    """

    def __init__(self) -> None:
        super().__init__()
        self.shapes: list[tuple[int, ...]] = []
        self.mean: list[torch.Tensor] = []

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if func is F.multi_head_attention_forward:
            return self._multi_head(args, kwargs)
        if func is F.scaled_dot_product_attention:
            self._note(fused_weights(*args, **kwargs))
        output = func(*args, **kwargs)
        if func in SOFTMAXES and output.ndim in (3, 4):
            dim = args[1] if len(args) > 1 else kwargs.get("dim")
            if dim in (-1, output.ndim - 1):
                self._note(output if output.ndim == 4 else output[:, None])
        return output

    def _multi_head(self, args: Any, kwargs: Any) -> tuple[torch.Tensor, torch.Tensor | None]:
        asked = {"need_weights": True, "average_attn_weights": False}
        found = F.multi_head_attention_forward(*args, **{**kwargs, **asked})
        output, weights = cast("tuple[torch.Tensor, torch.Tensor]", found)  # as asked
        self._note(weights)
        if not kwargs.get("need_weights", True):
            return output, None
        return output, weights.mean(dim=1) if kwargs.get("average_attn_weights", True) else weights

    def _note(self, weights: torch.Tensor) -> None:
        self.shapes.append(tuple(weights.shape))
        self.mean.append(weights.detach().float().mean(dim=1))


def fused_weights(
    q: torch.Tensor,
    k: torch.Tensor,
    v: torch.Tensor,
    attn_mask: torch.Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> torch.Tensor:
    """The weights that ``scaled_dot_product_attention`` keeps to itself, [N,heads,queries,keys].

    It is asked for them: with the identity for values, what it mixes is the weights.
    """
    identity = torch.eye(k.shape[-2], dtype=q.dtype, device=q.device)
    identity = identity.expand(*k.shape[:-2], *identity.shape)
    return F.scaled_dot_product_attention(
        q, k, identity, attn_mask, dropout_p, is_causal, scale=scale, enable_gqa=enable_gqa
    )
