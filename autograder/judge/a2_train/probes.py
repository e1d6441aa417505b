"""What the judge asks of a2's cells. Sent into the jail as text, after glaucam's a2_layers.py.

Each probe takes the student's namespace, plain arguments and arrays, and gives back a JSON value
and arrays: evidence, no verdict.
"""

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class JudgedNet(nn.Module):
    """A small network of the judge's, so that a loop is judged without the student's model."""

    def __init__(self, classes, width=6):
        super().__init__()
        self.first = nn.Conv2d(3, width, 3, stride=2, padding=1, bias=False)
        self.calm = nn.BatchNorm2d(width)
        self.second = nn.Conv2d(width, 2 * width, 3, stride=2, padding=1, bias=False)
        self.settle = nn.BatchNorm2d(2 * width)
        self.verdict = nn.Linear(2 * width, classes)

    def forward(self, x):
        x = torch.relu(self.calm(self.first(x)))
        x = torch.relu(self.settle(self.second(x)))
        return self.verdict(x.mean((2, 3)))


OPTIMISERS = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}


def to_array(result):
    """A tensor, an array, or nested lists of them, as a floating array."""
    if isinstance(result, torch.Tensor):
        return result.detach().cpu().double().numpy()
    if isinstance(result, list | tuple):
        return np.stack([to_array(item) for item in result])
    return np.asarray(result, dtype=np.float64)


def network(namespace, args, arrays):
    """What layers a new network has, and what comes out for images of several sizes."""
    net = namespace["RetinalCNN"](args["classes"])
    size = awake(net)  # noqa: F821  (a2_layers.py stands above)
    told = described(net)  # noqa: F821
    return {"size": size, **told, "shapes": shapes(net, args["inputs"])}, {}


def shapes(net, inputs):
    """The output's shape for each input shape, or the error it raised."""
    found = []
    for shape in inputs:
        try:
            with torch.no_grad():
                found.append(list(net.eval()(torch.zeros(shape)).shape))
        except Exception as error:
            found.append(f"{type(error).__name__}: {str(error)[:200]}")
    return found


def with_numbers(namespace, args, arrays):
    net = namespace["RetinalCNN"](args["classes"])
    awake(net)  # noqa: F821
    return filled(net, arrays)  # noqa: F821


def logits(namespace, args, arrays):
    """What the student's network gives in eval mode with the numbers it was handed."""
    net = with_numbers(namespace, args, arrays).eval()
    with torch.no_grad():
        y, again = (first(net(torch.from_numpy(arrays["images"]))) for _ in range(2))  # noqa: F821
        return None, {"y": to_array(y), "again": to_array(again)}


def slopes(namespace, args, arrays):
    """Outputs and gradients in train mode."""
    net = with_numbers(namespace, args, arrays)
    images = torch.from_numpy(arrays["images"])
    direction = torch.from_numpy(arrays["direction"])
    y, found = gradients(net, images, direction)  # noqa: F821
    return None, {"y": to_array(y), **{f"d/{k}": to_array(g) for k, g in found.items()}}


def epoch(namespace, args, arrays):
    """One call of the student's loop on the judge's network; what it returned, what it left."""
    torch.set_grad_enabled(True)
    net = JudgedNet(args["classes"]).eval()
    state = {k[4:]: torch.from_numpy(v) for k, v in arrays.items() if k.startswith("net/")}
    net.load_state_dict(state)
    optimiser = OPTIMISERS[args["optimiser"]](net.parameters(), **args["options"])
    steps = []
    optimiser.register_step_post_hook(lambda *_: steps.append(1))
    weight = torch.from_numpy(arrays["class_weights"]) if "class_weights" in arrays else None
    loss, losses = nn.CrossEntropyLoss(weight=weight), []
    loss.register_forward_hook(lambda _, given, value: losses.append(value.item()))
    data = TensorDataset(torch.from_numpy(arrays["images"]), torch.from_numpy(arrays["labels"]))
    loader = DataLoader(data, batch_size=args["batch_size"])
    returned = namespace["train_one_epoch"](net, loader, optimiser, loss)
    out = {f"state/{k}": v.detach().numpy().copy() for k, v in net.state_dict().items()}
    told = {"steps": len(steps), "losses": losses, "type": type(returned).__name__}
    told["hangs"] = bool(getattr(returned, "requires_grad", False))
    try:
        out["returned"] = to_array(returned)
    except (TypeError, ValueError, RuntimeError):
        told["unreadable"] = True
    return told, out


def lesson(namespace, args, arrays):
    """Several epochs on the eyes given; what the network then says of them and of eyes unseen."""
    torch.set_grad_enabled(True)
    torch.manual_seed(args["order"])  # true and shuffled labels meet the same initial weights
    net = namespace["RetinalCNN"](2) if args["own"] else JudgedNet(2, width=24)
    optimiser = torch.optim.Adam(net.parameters(), lr=args["rate"])
    images, labels = (torch.from_numpy(arrays[k]) for k in ("images", "labels"))
    order = torch.Generator().manual_seed(args["order"])
    data = TensorDataset(images, labels)
    loader = DataLoader(data, batch_size=args["batch_size"], shuffle=True, generator=order)
    for _ in range(args["epochs"]):
        namespace["train_one_epoch"](net, loader, optimiser, nn.CrossEntropyLoss())
    net.eval()
    with torch.no_grad():
        said = {k: net(torch.from_numpy(arrays[k])) for k in ("images", "unseen")}
    return None, {k: to_array(y) for k, y in said.items()}


def dressed(array, kind):
    """The same numbers as an array, a list or a tensor."""
    if kind == "list":
        return array.tolist()
    return torch.from_numpy(array.copy()) if kind == "tensor" else array.copy()


def asked(function, args, arrays):
    """Call for each [eyes, number, kind]; the results and errors, the first error if all fail."""
    results, errors, first = {}, {}, None
    for i, (eyes, number, kind) in enumerate(args["calls"]):
        y, p = (dressed(arrays[f"{k}/{eyes}"], kind) for k in ("y", "p"))
        try:
            results[i] = function(y, p, number)
        except Exception as error:
            first = first or error
            errors[str(i)] = f"{type(error).__name__}: {str(error)[:200]}"
    if first is not None and not results:
        raise first
    return results, errors


def thresholds(namespace, args, arrays):
    results, errors = asked(namespace["operating_point"], args, arrays)
    out = {}
    for i, result in results.items():
        try:
            out[str(i)] = to_array(result)
        except (TypeError, ValueError):
            errors[str(i)] = f"a {type(result).__name__} came back"
    return errors, out


def reports(namespace, args, arrays):
    """Every figure of every report, as it can be read; what cannot is told by its type."""
    results, errors = asked(namespace["report"], args, arrays)
    told, out = {"errors": errors, "types": {}, "keys": []}, {}
    for i, result in results.items():
        if not hasattr(result, "keys"):
            told["types"][str(i)] = type(result).__name__
            continue
        told["keys"] = sorted({*told["keys"], *map(str, list(result.keys())[:50])})
        for key in args["figures"]:
            try:
                out[f"{i}/{key}"] = to_array(result[key])
            except (KeyError, TypeError, ValueError):
                told["types"][f"{i}/{key}"] = "unreadable"
    return told, out


def signature(namespace, args, arrays):
    """Which of the asked names exist, so that a missing one is told as missing."""
    return [name for name in args["names"] if callable(namespace.get(name))], {}
