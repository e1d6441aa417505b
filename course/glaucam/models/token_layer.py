"""Which layer of tokens to explain, where a network goes on with tokens after its last map.

The last block of a network that reads its answer off a class token gives places that nobody reads:
their gradient is zero. The last layer of places that counts is the one before its attention.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch

from glaucam.errors import ModelError
from glaucam.models.trace import Step, Trace

IN_ONE_BLOCK = 16  # token layers of a block are fewer, and each costs a backward pass to rule out


def last_token_layer(ran: Trace, before: Step | None) -> Step | None:
    """The last layer of tokens that all the logits still read of the places passes through.

    Looked for among the token layers that ran after ``before``, the layer that convolutions alone
    would give, and that have the width of the last of them. ``before`` stands where no token layer
    holds all evidence: such a network only reads off its final map with tokens. Raises ModelError
    where branches of tokens run side by side.
    """
    later = [s for s in ran.token_steps if before is None or s.order > before.order]
    steps = [s for s in later if s.channels == later[-1].channels]
    read = [s for s, is_read in zip(steps, places_read(ran, steps), strict=True) if is_read]
    whole = next((s for s in reversed(read) if ran.is_whole(s)), None)
    if whole is None and read and (before is None or not ran.is_whole(before)):
        raise ModelError(
            f"tokens reach the logits of {ran.network} on several ways and no layer holds all: "
            "give the target_layer to explain"
        )
    if whole is None:
        return before
    behind = read[read.index(whole) + 1 :][:IN_ONE_BLOCK]
    last = next((s for s in reversed(behind) if silences(ran, s, whole)), whole)
    return min((s for s in read if s.node is last.node), key=lambda s: s.depth)


def places_read(ran: Trace, steps: Sequence[Step]) -> list[bool]:
    """Whether the logits depend on the places of each step, and not on its class token alone."""
    if not steps:
        return []
    found = gradients(ran, steps)
    return [
        gradient is not None and bool(step.layout.as_map(gradient).any())
        for step, gradient in zip(steps, found, strict=True)
    ]


def silences(ran: Trace, step: Step, earlier: Step) -> bool:
    """Whether the places of ``earlier`` reach the logits through ``step`` and on no other way."""
    hook = step.node.register_prehook(
        lambda flowing: tuple(None if g is None else torch.zeros_like(g) for g in flowing)
    )
    try:
        return not places_read(ran, [earlier])[0]
    finally:
        hook.remove()


def gradients(ran: Trace, steps: Sequence[Step]) -> tuple[torch.Tensor | None, ...]:
    """The gradient of all logits, each with a weight of its own, at each step's output."""
    weights = torch.arange(1.0, ran.output.shape[1] + 1, device=ran.output.device)
    with torch.inference_mode(False), torch.enable_grad():
        score = (ran.output.float() * weights).sum()
        edges = [step.edge for step in steps]
        return torch.autograd.grad(score, edges, retain_graph=True, allow_unused=True)
