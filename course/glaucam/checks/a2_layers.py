"""Find the layers of any student's network by their kind, and put given numbers into them.

Names and order of declaration mean nothing: a layer is known by what it is. This file is also sent
into the jail as text, so it imports nothing but torch and holds no answer.
"""

import numpy as np
import torch
from torch import nn

SIZES = (64, 96, 48, 32, 128, 224)  # heights and widths a network may be made for


def classified(net):
    """Convolutions by width, norms, and the head(s), each in order: [(role, module)].

    A 1×1 convolution at the end is a head: it is the same as a linear layer before the mean.
    """
    modules = [m for m in net.modules() if not list(m.children())]
    convs = [m for m in modules if isinstance(m, nn.Conv2d) and m.kernel_size != (1, 1)]
    norms = [m for m in modules if isinstance(m, nn.modules.batchnorm._BatchNorm)]
    heads = [m for m in modules if isinstance(m, nn.Linear) or is_pointwise(m)]
    convs.sort(key=lambda m: (m.in_channels, m.out_channels))  # as the data meets them
    norms.sort(key=lambda m: m.num_features)
    kinds: dict[str, list[nn.Module]] = {"conv": [*convs], "norm": [*norms], "head": [*heads]}
    return [(f"{kind}{i + 1}", m) for kind, found in kinds.items() for i, m in enumerate(found)]


def is_pointwise(module):
    return isinstance(module, nn.Conv2d) and module.kernel_size == (1, 1)


def described(net):
    """Plain facts about the layers: what they are, their sizes, how many numbers they learn."""
    found = classified(net)
    known = {id(p) for _, m in found for p in m.parameters()}
    parameters = list(net.parameters())
    return {
        "layers": [facts(role, module) for role, module in found],
        "count": sum(p.numel() for p in parameters),
        "elsewhere": sum(p.numel() for p in parameters if id(p) not in known),
        "frozen": sum(p.numel() for p in parameters if not p.requires_grad),
        "dropout": any(isinstance(m, nn.modules.dropout._DropoutNd) for m in net.modules()),
        "alike": [role for role, m in found if role.startswith("conv") and same_filters(m)],
    }


def facts(role, module):
    told = {"role": role, "bias": module.bias is not None}
    told["weight"] = list(module.weight.shape) if module.weight is not None else None
    if isinstance(module, nn.Conv2d):
        pad = module.padding
        told["stride"], told["dilation"] = list(module.stride), list(module.dilation)
        told["padding"] = pad if isinstance(pad, str) else list(pad)
        told["groups"] = module.groups
    elif not isinstance(module, nn.Linear):
        told["features"], told["eps"] = module.num_features, module.eps
        told["tracks"] = module.running_mean is not None
    return told


def same_filters(conv):
    """Whether all filters start with the same numbers: then they learn the same, for ever."""
    return bool((conv.weight[:1] == conv.weight).all()) and conv.out_channels > 1


def filled(net, arrays):
    """Put ``arrays``, named <role>.<tensor>, into the network's layers; returns it."""
    with torch.no_grad():
        for role, module in classified(net):
            for kind in ("weight", "bias", "running_mean", "running_var"):
                tensor = getattr(module, kind, None)
                if tensor is not None and f"{role}.{kind}" in arrays:
                    given = torch.as_tensor(np.asarray(arrays[f"{role}.{kind}"]))
                    tensor.copy_(given.reshape(tensor.shape))
    return net


def awake(net):
    """The size of a square image the network takes, after lazy layers took theirs; 0 if none.

    The error of the first size is raised where no size works.
    """
    errors = []
    for size in SIZES:
        try:
            with torch.no_grad():
                net.eval()(torch.zeros(2, 3, size, size))
            return size
        except Exception as error:
            errors.append(error)
    raise errors[0]


def first(answer):
    """The logits, also where a tuple came back: that is judged where shapes are."""
    return answer[0] if isinstance(answer, (tuple, list)) and answer else answer


def gradients(net, images, direction):
    """Train mode: outputs [N,K], and Σ direction·outputs differentiated by every layer's tensors.

    A tensor that no gradient reaches is left out.
    """
    tensors = {
        f"{role}.{kind}": getattr(module, kind)
        for role, module in classified(net.train())
        for kind in ("weight", "bias")
        if getattr(module, kind) is not None
    }
    with torch.enable_grad():
        y = first(net(images))
        asked = {k: t for k, t in tensors.items() if t.requires_grad}
        if not (y.requires_grad and asked):
            return y.detach(), {}
        total = (y * direction).sum()
        found = torch.autograd.grad(total, list(asked.values()), allow_unused=True)
    return y.detach(), {k: g for k, g in zip(asked, found, strict=True) if g is not None}
