"""A copy of a network, with the same weights, on which captum's DeepLIFT adds up.

captum keeps what went through each nonlinearity on the module, so the second use of a module would
overwrite the first; reads the gradient behind a nonlinearity before the next one has corrected it;
and lets overlapping pooling windows overwrite each other's share.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import chain
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

from glaucam.errors import ModelError

LOWEST = -1e30  # around the picture when pooling; −∞ has no difference to −∞


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


class SpreadPool(nn.Module):
    """A max-pool of square, overlapping windows, as one over windows laid out side by side."""

    def __init__(self, size: int, stride: int, padding: int) -> None:
        super().__init__()
        self.size, self.stride, self.padding = size, stride, padding
        self.pool = nn.MaxPool2d((size**2, 1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        N, C = x.shape[:2]
        x = F.pad(x, (self.padding,) * 4, value=LOWEST)
        h, w = ((side - self.size) // self.stride + 1 for side in x.shape[2:])
        windows = F.unfold(x, self.size, stride=self.stride).view(N, C, self.size**2, h * w)
        return self.pool(windows).view(N, C, h, w)


def hookable_twin(model: nn.Module, image: torch.Tensor) -> nn.Module:
    """The copy; ``image`` [1,3,H,W] is run once to count how often each nonlinearity is used."""
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
    replace(twin, {pool: SpreadPool(*how) for pool, how in overlapping_pools(twin)})
    several = {module: n for module, n in uses(twin, image).items() if n > 1}
    replace(twin, {module: PerUse(module, n) for module, n in several.items()})
    for module in nonlinearities(twin):
        module.register_forward_pre_hook(apart)
    return twin


def apart(_module: nn.Module, inputs: Any) -> torch.Tensor:
    """A tensor of its own between two nonlinearities, for captum's hooks to meet in right order."""
    return inputs[0].clone()


def nonlinearities(model: nn.Module) -> list[nn.Module]:
    """The modules that captum has a rescale rule for."""
    from captum.attr._core.deep_lift import SUPPORTED_NON_LINEAR

    return [module for module in model.modules() if type(module) in SUPPORTED_NON_LINEAR]


def overlapping_pools(model: nn.Module) -> Iterator[tuple[nn.Module, tuple[int, int, int]]]:
    """The max-pools of the plain kind whose windows overlap: (module, (size, stride, padding))."""
    for module in model.modules():
        if isinstance(module, nn.MaxPool2d) and module.dilation == 1 and not module.ceil_mode:
            size, stride, padding = module.kernel_size, module.stride, module.padding
            square = isinstance(size, int) and isinstance(stride, int) and isinstance(padding, int)
            if square and size > stride:  # type: ignore[operator]
                yield module, (size, stride, padding)  # type: ignore[misc]


def uses(model: nn.Module, image: torch.Tensor) -> Counter[nn.Module]:
    """How often each nonlinearity runs for one image."""
    count: Counter[nn.Module] = Counter()

    def note(module: nn.Module, *_: Any) -> None:
        count[module] += 1

    with torch.no_grad(), ExitStack() as hooks:
        for module in nonlinearities(model):
            hooks.callback(module.register_forward_hook(note).remove)
        model(image.clone())
    return count


def replace(model: nn.Module, others: dict[nn.Module, nn.Module]) -> None:
    """Register the other module wherever one of the keys is registered."""
    for parent in list(model.modules()):
        for name, child in parent._modules.items():
            if child in others:
                parent._modules[name] = others[child]
