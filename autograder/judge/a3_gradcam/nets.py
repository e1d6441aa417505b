"""Networks from a plain description, built alike by the judge and inside the jail.

This file is sent into the jail as text, so it imports nothing but torch, torchvision and the
course's own small network, and holds no answer: a description says what to build, never which layer
is right.
"""

import torch
import torchvision
from torch import nn

ACTIVATIONS = {
    "relu": lambda: nn.ReLU(),
    "relu_inplace": lambda: nn.ReLU(inplace=True),
    "silu": lambda: nn.SiLU(),
    "leaky": lambda: nn.LeakyReLU(0.1),
    "elu": lambda: nn.ELU(),
}
NORMS = {
    "batch": nn.BatchNorm2d,
    "group": lambda channels: nn.GroupNorm(2, channels),
    "none": lambda channels: nn.Identity(),
}
DOWN = {
    "max": lambda: nn.MaxPool2d(2),
    "average": lambda: nn.AvgPool2d(2),
    "none": lambda: nn.Identity(),
}


def unit(channels_in, channels_out, stage, kernel=3, stride=1):
    """Convolution, norm, activation, under the names the description gives them."""
    conv = nn.Conv2d(channels_in, channels_out, kernel, stride=stride, padding=kernel // 2)
    parts = [conv, NORMS[stage["norm"]](channels_out), ACTIVATIONS[stage["activation"]]()]
    named = nn.Sequential()
    for name, part in zip(stage["names"], parts, strict=False):
        if not isinstance(part, nn.Identity):
            named.add_module(name, part)
    return named


class Residual(nn.Module):
    """Two units with fewer channels inside, and a shortcut."""

    def __init__(self, channels_in, channels_out, stage):
        super().__init__()
        inner, outer, short = stage["block_names"]
        width = 2 * max(1, channels_out // 4)
        self._order = (inner, outer, short)
        self.add_module(inner, unit(channels_in, width, stage))
        self.add_module(outer, unit(width, channels_out, stage))
        self.add_module(short, nn.Conv2d(channels_in, channels_out, 1))

    def forward(self, x):
        inner, outer, short = (self.get_submodule(name) for name in self._order)
        return outer(inner(x)) + short(x)


class Excited(nn.Module):
    """A unit whose channels are re-weighted by what they hold on average (squeeze-excitation)."""

    def __init__(self, channels_in, channels_out, stage):
        super().__init__()
        body, down, up = stage["block_names"]
        self._order = (body, down, up)
        self.add_module(body, unit(channels_in, channels_out, stage))
        self.add_module(down, nn.Conv2d(channels_out, 2, 1))
        self.add_module(up, nn.Conv2d(2, channels_out, 1))

    def forward(self, x):
        body, down, up = (self.get_submodule(name) for name in self._order)
        x = body(x)
        weights = torch.sigmoid(up(torch.relu(down(x.mean((2, 3), keepdim=True)))))
        return x * weights


KINDS = {"plain": unit, "residual": Residual, "excited": Excited}


class Head(nn.Module):
    """From the final feature map to logits, by one of four ways of losing the places."""

    def __init__(self, channels, head):
        super().__init__()
        self.kind = head["kind"]
        cells = 4 if self.kind in ("grid", "mlp") else 1
        if self.kind == "mlp":
            self.hidden = nn.Linear(channels * cells, head["hidden"])
            self.out = nn.Linear(head["hidden"], head["classes"])
        else:
            self.out = nn.Linear(channels * cells, head["classes"])

    def forward(self, A):
        if self.kind == "mean":
            return self.out(A.mean((2, 3)))
        if self.kind == "maximum":
            return self.out(A.amax((2, 3)))
        flat = nn.functional.adaptive_avg_pool2d(A, 2).flatten(1)
        return self.out(torch.tanh(self.hidden(flat)) if self.kind == "mlp" else flat)


class DescribedNet(nn.Module):
    """Stages, then a head. ``after``: an activation between the last stage and the head.

    ``aside``: a convolution that runs before the last stage and whose result nobody uses; it is
    declared last. ``backwards``: the parts are declared against the order in which they run.
    """

    def __init__(self, description):
        super().__init__()
        channels, stages = 3, nn.Sequential()
        for stage in description["stages"]:
            block = KINDS[stage["kind"]](channels, stage["channels"], stage)
            down = DOWN[stage["down"]]()
            if isinstance(down, nn.Identity):
                stages.add_module(stage["name"], block)
            else:
                stages.add_module(stage["name"], nn.Sequential(block, down))
            channels = stage["channels"]
        self._places, self._aside = description["places"], description.get("aside")
        after = ACTIVATIONS[description["after"]]() if description["after"] else nn.Identity()
        head = Head(channels, description["head"])
        parts = list(zip(self._places, (stages, after, head), strict=True))
        for name, part in reversed(parts) if description.get("backwards") else parts:
            self.add_module(name, part)
        if self._aside:
            self.add_module(self._aside, nn.Conv2d(3, channels, 3, padding=1))

    def forward(self, x):
        if self._aside:
            self.get_submodule(self._aside)(x)
        body, after, head = (self.get_submodule(name) for name in self._places)
        return head(after(body(x)))


def build_family(name, classes=2):
    """A network of a known family with a fraction of its channels and cheap weights.

    Modules, their names, their order and the size of every map are the family's own; channels
    decide nothing about where the target layer is, and most of the time that running it takes.
    """
    if name == "retinal_cnn":
        from glaucam.models.retinal_cnn import RetinalCNN  # visible in the jail, and no answer

        return RetinalCNN(classes).eval()
    if name in (ready := globals().get("warm", {}).get("FAMILIES", {})):
        return ready.pop(name)
    with torch.device("meta"):
        net = torchvision.models.get_model(name, weights=None, num_classes=classes)
    for module in net.modules():
        slim(module, SLIMMER[name], classes)
        for key, weight in list(module._parameters.items()):
            if weight is not None:
                module._parameters[key] = nn.Parameter(0.02 * torch.randn(weight.shape))
        for key, buffer in list(module._buffers.items()):
            value = 1 if key == "running_var" else 0
            module._buffers[key] = torch.full(buffer.shape, value, dtype=buffer.dtype, device="cpu")
    return net.eval()


SLIMMER = {"resnet18": 8, "densenet121": 8, "vgg16": 8, "efficientnet_b0": 2}  # divides all of them
COUNTS = ("in_channels", "out_channels", "groups", "num_features", "in_features", "out_features")


def slim(module, by, classes):
    """Divide the channel counts of a module that still lies on the meta device."""
    for count in COUNTS:
        n = getattr(module, count, None)
        if n is not None and n not in (1, 3, classes):
            setattr(module, count, n // by)
    if isinstance(module, nn.Conv2d):
        shape = (module.out_channels, module.in_channels // module.groups, *module.kernel_size)
    elif isinstance(module, nn.Linear):
        shape = (module.out_features, module.in_features)
    else:
        shape = (getattr(module, "num_features", 0),)
    for parts in (module._parameters, module._buffers):
        for key, old in list(parts.items()):
            if old is not None and old.ndim:
                parts[key] = torch.empty(shape if old.ndim > 1 else shape[:1], device="meta")


def build_net(description):
    """Description (plain dict) → network in eval mode, weights not yet set."""
    if "family" in description:
        return build_family(description["family"])
    return DescribedNet(description).eval()


def set_weights(net, arrays, prefix="net/"):
    """Load the arrays ``prefix + name`` as the network's state."""
    state = {
        k[len(prefix) :]: torch.from_numpy(v) for k, v in arrays.items() if k.startswith(prefix)
    }
    net.load_state_dict(state)
    return net


def make_families():
    """Every slim family once, to be handed out: building them takes longer than running them."""
    return {name: build_family(name) for name in SLIMMER}
