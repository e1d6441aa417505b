"""The checks of a3's `target_layer` and `overlay` cells, and the table all of a3's are filed in."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from glaucam.models.trace import trace
from torch import nn

from autograder.judge.a3_gradcam.misconceptions import MISCONCEPTIONS
from autograder.judge.a3_gradcam.nets import build_net
from autograder.judge.a3_gradcam.secret import NAMED, Secret, named_layers
from autograder.judge.bench import Bench, Fault
from autograder.judge.check import Checks, Verdict, failed, passed, share_of

CHECKS = Checks()


@CHECKS.add("target_layer.named", needs="find_target_layer")
def named(bench: Bench, secret: Secret) -> Verdict:
    """Your search finds the layer in ResNet-18, DenseNet-121, EfficientNet-B0 and VGG-16."""
    nets = [{"family": name} for name in NAMED]
    return layers(bench, nets, named_layers(), [str(name) for name in NAMED])


@CHECKS.add("target_layer.unseen", needs="find_target_layer")
def unseen(bench: Bench, secret: Secret) -> Verdict:
    """Your search finds the layer in networks whose names and depth you do not know."""
    titles = [f"unseen network {i + 1}" for i in range(len(secret.unseen))]
    return layers(bench, secret.unseen, secret.right_layers, titles)


def layers(
    bench: Bench, nets: list[dict[str, Any]], accepted: list[list[str]], titles: list[str]
) -> Verdict:
    """Ask for the layer of every network and count the right answers."""
    answers = bench.call("layer", {"nets": nets}).value
    if not isinstance(answers, list) or len(answers) != len(nets):
        raise Fault("No layer came back.", "no-array")
    wrongs = []
    for net, right, title, answer in zip(nets, accepted, titles, answers, strict=True):
        answer = answer if isinstance(answer, dict) else {}
        if answer.get("layer") not in right:
            wrongs.append((title, *layer_mistake(net, answer)))
    if not wrongs:
        return passed(f"Right on all {len(nets)}: {', '.join(titles)}.")
    title, mistake, came = wrongs[0]
    missed = ", ".join(w[0] for w in wrongs)
    message = f"Not right on {missed}. On {title}: {came} {MISCONCEPTIONS[mistake]}"
    return share_of(len(nets) - len(wrongs), len(nets), message, mistake)


def layer_mistake(net: dict[str, Any], answer: dict[str, Any]) -> tuple[str, str]:
    """Which mistake an answer is, and what came, in words."""
    if "error" in answer:
        return "only-known-names", f"your search raised {str(answer['error'])[:200]}."
    name = answer.get("layer")
    if not isinstance(name, str):
        kind = str(answer.get("other") or answer.get("type") or "nothing")[:60]
        return "not-a-module", f"a {kind} came back that is not one of the network's layers."
    if not name:
        return "layer-after-collapse", "the network itself came back."
    model = build_net(net)
    ran = trace(model, torch.zeros(1, 3, 224, 224))
    if name not in [step.name for step in ran.steps]:
        return "layer-after-collapse", f"`{name[:80]}` came back."
    last_block = ran.steps[-1].name.split(".")[:-1]
    within = name.split(".")[: len(last_block)] == last_block
    step = next(step for step in ran.steps if step.name == name)
    inside = within or isinstance(step.module, nn.Conv2d)
    if inside and step.channels < ran.channels:
        return "layer-inside-block", f"`{name[:80]}` came back."
    return "layer-too-early", f"`{name[:80]}` came back."


@CHECKS.add("overlay.blend", needs="overlay")
def blend(bench: Bench, secret: Secret) -> Verdict:
    """The picture is (1 − alpha) · image + alpha · colours, where the colours depend on heat alone."""
    calls = [["image", "heat", a] for a in (0.0, 0.35, 0.8, 1.0)]
    calls += [["other", "heat", 1.0], ["image", "ramp", 1.0]]
    result = bench.call("overlays", {"calls": calls}, secret.pictures)
    plain, light, strong, full, other, ramp = (
        painted(result.arrays.get(str(i))) for i in range(len(calls))
    )
    image = secret.pictures["image"].astype(float)
    if not near(plain, image):
        return blend_mistake(plain, full, image)
    if not near(full, other):
        return failed(MISCONCEPTIONS["overlay-added"].__str__(), "overlay-added")
    for alpha, picture in ((0.35, light), (0.8, strong)):
        if not near(picture, (1 - alpha) * image + alpha * full):
            return failed(str(MISCONCEPTIONS["overlay-rescaled"]), "overlay-rescaled")
    return colours(ramp)


def painted(picture: np.ndarray | None) -> np.ndarray:
    """A returned picture [H,W,3] on the scale 0…255, whatever its type; `layout` judges the type."""
    if picture is None or picture.shape != (37, 52, 3) or not np.isfinite(picture).all():
        came = "nothing" if picture is None else f"an array of shape {list(picture.shape)}"
        raise Fault(f"{came} came back, expected a picture [H,W,3] of the image's size.", "wrong-shape")
    scale = 255 if picture.dtype.kind == "f" and picture.max() <= 1.5 else 1
    return picture.astype(float) * scale


def near(picture: np.ndarray, expected: np.ndarray, levels: float = 2.0) -> bool:
    """Equal up to rounding or cutting at each of two steps."""
    return bool(np.abs(picture - expected).max() <= levels)


def blend_mistake(plain: np.ndarray, full: np.ndarray, image: np.ndarray) -> Verdict:
    """Why alpha = 0 does not show the photo."""
    if near(full, image):
        name = "alpha-reversed"
    elif near(plain, image[..., ::-1]):
        name = "colour-channels-swapped"
    else:
        name = "overlay-rescaled"
    return failed(str(MISCONCEPTIONS[name]), name)


def colours(ramp: np.ndarray) -> Verdict:
    """The colours of a ramp change steadily and are many."""
    row = ramp[0]
    if len(np.unique(row.round(), axis=0)) < 12:
        return failed(str(MISCONCEPTIONS["heat-truncated"]), "heat-truncated")
    steps = np.abs(np.diff(row, axis=0)).max(axis=1)
    if steps.max() > 90:
        return failed(str(MISCONCEPTIONS["colours-wrap"]), "colours-wrap")
    return passed("Photo and colours are mixed as asked, at four values of alpha.")


@CHECKS.add("overlay.layout", needs="overlay")
def layout(bench: Bench, secret: Secret) -> Verdict:
    """The picture is uint8 [H,W,3] like the image, and the image itself is left alone."""
    result = bench.call("overlays", {"calls": [["image", "heat", 0.4]]}, secret.pictures)
    picture, image = result.arrays.get("0"), result.arrays.get("image0")
    painted(picture)
    if picture.dtype != np.uint8:
        return failed(
            f"The picture is {picture.dtype}. {MISCONCEPTIONS['overlay-dtype']}", "overlay-dtype"
        )
    if not np.array_equal(image, secret.pictures["image"]):
        return failed(str(MISCONCEPTIONS["input-changed"]), "input-changed")
    return passed("uint8, of the image's size, and the image is as it was.")
