"""A copy of a network, with the same weights, that captum can put its hooks on."""

from __future__ import annotations

import copy
from collections import Counter
from contextlib import ExitStack
from itertools import chain
from typing import Any

import torch
from torch import nn

from glaucam.errors import ModelError

RESCALED = (nn.ReLU, nn.LeakyReLU, nn.ELU, nn.Sigmoid, nn.Tanh, nn.Softplus, nn.Softmax)


class PerUse(nn.Module):
    """A module that a network uses several times, as that many modules used once."""

    def __init__(self, module: nn.Module, uses: int) -> None:
        super().__init__()
        self.uses = nn.ModuleList(copy.deepcopy(module) for _ in range(uses))
        self._turn = 0

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        use = self.uses[self._turn % len(self.uses)]
        self._turn += 1
        return use(x)


def hookable_twin(model: nn.Module, image: torch.Tensor) -> nn.Module:
    """A copy that shares the weights, works nothing in place and uses each nonlinearity once.

    ``image``: [1,3,H,W], run once to count uses. DeepLIFT keeps what went through each nonlinearity
    on the module, so the second use of one would overwrite the first; the ResNets reuse theirs.
    """
    shared = chain(model.parameters(), model.buffers())
    try:
        twin = copy.deepcopy(model, {id(tensor): tensor for tensor in shared})
    except (RuntimeError, TypeError) as error:
        raise ModelError(
            f"{type(model).__name__} cannot be copied, which deep_lift_shap has to "
            f"({' '.join(str(error).split())[:120]}); choose gradient_shap"
        ) from error
    for module in twin.modules():
        if getattr(module, "inplace", False):
            module.inplace = False  # type: ignore[assignment]
    separate(twin, uses(twin, image))
    return twin


def uses(model: nn.Module, image: torch.Tensor) -> Counter[nn.Module]:
    """How often each nonlinearity runs for one image."""
    count: Counter[nn.Module] = Counter()

    def note(module: nn.Module, *_: Any) -> None:
        count[module] += 1

    with torch.no_grad(), ExitStack() as hooks:
        for module in model.modules():
            if isinstance(module, RESCALED):
                hooks.callback(module.register_forward_hook(note).remove)
        model(image.clone())
    return count


def separate(model: nn.Module, count: Counter[nn.Module]) -> None:
    """Put a PerUse wherever a module that runs more than once is registered."""
    several = {module: PerUse(module, n) for module, n in count.items() if n > 1}
    for parent in list(model.modules()):
        for name, child in parent._modules.items():
            if child in several:
                parent._modules[name] = several[child]
