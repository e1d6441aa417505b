"""What the judge asks of a3's cells. Sent into the jail as text, after nets.py.

Each probe takes the student's namespace, plain arguments and arrays, and gives back a JSON value
and arrays: evidence, no verdict.
"""

import contextlib

import numpy as np
import torch
from torch import nn


def to_array(result):
    """A tensor, an array, or a list of either, as a floating array."""
    if isinstance(result, torch.Tensor):
        return result.detach().cpu().double().numpy()
    if isinstance(result, list | tuple):
        return np.stack([to_array(item) for item in result])
    array = np.asarray(result)
    return array if array.dtype == np.uint8 else array.astype(np.float64)


def secret_net(args, arrays):
    torch.set_grad_enabled(True)  # a call before may have left it off: that costs once
    net = set_weights(build_net(args["net"]), arrays)  # noqa: F821  (nets.py stands above)
    net.train(args.get("train", False))
    return net.requires_grad_(not args.get("frozen", False))


def hooks(net):
    """How many hooks hang on the network, of every kind a module can carry.

    Counted by ``dict``'s own method: a student's dictionary may deny what it holds.
    """
    kinds = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
    return sum(
        sum(1 for _ in dict.keys(getattr(module, kind)))
        for module in net.modules()
        for kind in kinds
    )


def look_on(module, inputs, output):
    """Somebody else's hook, which changes nothing."""


class Manners:
    """A network as it is lent to the student, and what has become of it.

    It is lent in training mode, its first part frozen; every weight holds a gradient that is
    somebody else's, and so are two hooks.
    """

    def __init__(self, net, target):
        self.net = net.train()
        first = next(next(net.children()).children())
        first.requires_grad_(False)
        for weight in net.parameters():
            weight.grad = torch.full_like(weight, 0.5)
        self.others = [part.register_forward_hook(look_on) for part in {net, target}]
        self.hooks = hooks(net)
        self.flags = [module.training for module in net.modules()]
        self.frozen = [weight.requires_grad for weight in net.parameters()]

    def kept(self):
        """What is still as it was lent."""
        mine = [handle.id in handle.hooks_dict_ref() for handle in self.others]
        weights = list(self.net.parameters())
        return {
            "flags": self.flags == [module.training for module in self.net.modules()],
            "grad": all(w.grad is not None and bool((w.grad == 0.5).all()) for w in weights),
            "frozen": self.frozen == [weight.requires_grad for weight in weights],
            "others": all(mine),
            "hooks": hooks(self.net) - self.hooks + len(mine) - sum(mine),
        }

    def state(self):
        state = self.net.state_dict()
        return {f"state/{k}": v.detach().numpy().copy() for k, v in state.items()}


def eval_kept(net, call):
    """Whether a network that comes in eval mode goes out in it."""
    net.eval()
    with contextlib.suppress(Exception):
        call()
    return not any(module.training for module in net.modules())


def grad_mode_kept(call):
    """Whether a call under no_grad leaves it so; also where it needs gradients and raises."""
    with torch.no_grad(), contextlib.suppress(Exception):
        call()
        return not torch.is_grad_enabled()
    return True


def release(extractor):
    """Call remove(), if it is there and works; `traces` counts what it leaves."""
    with contextlib.suppress(Exception):
        extractor.remove()


def layer(namespace, args, arrays):
    """The dotted name of the layer that was chosen, or what came instead of one.

    ``tidy``: no hook is left and the flags are as they were.
    """
    find = namespace["find_target_layer"]
    names = []
    for description in args["nets"]:
        try:
            net = build_net(description)  # noqa: F821
            if description.get("frozen"):
                net.requires_grad_(False)
            net.train(description.get("train", False))
            flags = [module.training for module in net.modules()]
            chosen = find(net)
            same = flags == [module.training for module in net.modules()]
            places = {id(module): name for name, module in net.named_modules()}
            if isinstance(chosen, nn.Module):
                name, kind = places.get(id(chosen)), type(chosen).__name__
                names.append({"layer": name, "type": kind, "flags": same, "hooks": hooks(net)})
            else:
                names.append({"other": type(chosen).__name__})
        except Exception as error:
            names.append({"error": f"{type(error).__name__}: {str(error)[:200]}"})
    return names, {}


def heatmaps(namespace, args, arrays):
    """One extractor, a sequence of calls [(rows of images, class index), …], then remove().

    An exception in a later call than the first is given back with what came before it.
    """
    net = secret_net(args, arrays)
    images = torch.from_numpy(arrays["images"])
    extractor = namespace["GradCAM"](net, net.get_submodule(args["layer"]))
    out, error = {}, None
    for number, (rows, class_index) in enumerate(args["calls"]):
        try:
            out[str(number)] = to_array(extractor(images[rows].clone(), class_index))
        except Exception as raised:
            if number == 0:
                raise
            error = f"{type(raised).__name__}: {str(raised)[:200]}"
            break
    release(extractor)
    return error, out


def traces(namespace, args, arrays):
    """What is left behind on a network that was lent in training mode."""
    net = secret_net(args, arrays)
    images = torch.from_numpy(arrays["images"])
    target = net.get_submodule(args["layer"])
    lent, clash, second = Manners(net, target), "", None
    first = namespace["GradCAM"](net, target)
    out = {"first": to_array(first(images.clone(), 1))}
    grad_mode = torch.is_grad_enabled()
    torch.set_grad_enabled(True)
    out.update(lent.state())
    try:
        second = namespace["GradCAM"](net, target)
        out["second"] = to_array(second(images.clone(), 0))
        out["again"] = to_array(first(images.clone(), 1))
    except Exception as error:
        clash = f"{type(error).__name__}: {str(error)[:200]}"
    grad_mode = grad_mode and grad_mode_kept(lambda: first(images.clone(), 1))
    kept = lent.kept()
    kept["flags"] = kept["flags"] and eval_kept(net, lambda: first(images.clone(), 1))
    release(first)
    release(second)
    seen = {**lent.kept(), "flags": kept["flags"], "clash": clash, "grad_mode": grad_mode}
    with contextlib.suppress(RuntimeError):  # no graph: then the array is missing
        out["slope"] = slope(net, images)
    return seen, out


def slope(net, images):
    """The gradient of class 1 for the pixels: a number that what was left behind changes."""
    pixels = images.clone().requires_grad_()
    return to_array(torch.autograd.grad(net.eval()(pixels)[:, 1].sum(), pixels)[0])


def contrast(namespace, args, arrays):
    net = secret_net(args, arrays)
    images = torch.from_numpy(arrays["images"])
    target = net.get_submodule(args["layer"])
    lent = Manners(net, target) if args.get("train") else None
    out = {"0": to_array(namespace["contrast_heatmap"](net, target, images.clone()))}
    return (lent.kept(), {**out, **lent.state()}) if lent else (None, out)


def overlays(namespace, args, arrays):
    """The student's picture for every (image, heatmap, alpha) asked; heat as array, else tensor."""
    out, paint = {}, namespace["overlay"]
    for number, (image, heat, alpha) in enumerate(args["calls"]):
        picture, warmth = arrays[image].copy(), arrays[heat].copy()
        try:
            result = paint(picture, warmth, alpha)
        except (AttributeError, TypeError):
            result = paint(picture, torch.from_numpy(warmth), alpha)
        array = (
            result.detach().cpu().numpy()
            if isinstance(result, torch.Tensor)
            else np.asarray(result)
        )
        out[str(number)] = array
        out[f"image{number}"] = picture
    return None, out


def signature(namespace, args, arrays):
    """Which of the asked names exist, so that a missing one is told as missing."""
    return [name for name in args["names"] if callable(namespace.get(name))], {}
