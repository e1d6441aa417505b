"""The table in which all of a3's checks are filed, and the checks of its `target_layer` cell."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch
from torch import nn

from autograder.judge.a3_gradcam.nets import build_net
from autograder.judge.a3_gradcam.secret import NAMED, Secret, named_layers
from autograder.judge.bench import Bench, Fault
from autograder.judge.check import PARTIAL, Checks, Verdict, passed, share_of
from glaucam.checks.a3_misconceptions import MISCONCEPTIONS
from glaucam.checks.causes import cause_of_message
from glaucam.models.target_layer import target_layers
from glaucam.models.trace import trace

CHECKS = Checks()


@CHECKS.add("target_layer.named", needs="find_target_layer")
def named(bench: Bench, secret: Secret) -> Verdict:
    """Your search finds the layer in four networks of torchvision and in the course's own."""
    answers = [answer for name in NAMED for answer in ask(bench, [{"family": name}])]
    nets = [{"family": name} for name in NAMED]
    verdict = layers(bench, nets, answers, named_layers(), [str(name) for name in NAMED])
    bench.memory["named layers"] = verdict.fraction
    return verdict


@CHECKS.add("target_layer.unseen", needs="find_target_layer")
def unseen(bench: Bench, secret: Secret) -> Verdict:
    """Your search finds the layer in networks whose names and depth you do not know."""
    titles = [f"unseen network {i + 1}" for i in range(len(secret.unseen))]
    answers = ask(bench, secret.unseen)
    found = layers(bench, secret.unseen, answers, secret.right_layers, titles)
    return tidied(found, answers)


def tidied(found: Verdict, answers: list[dict[str, Any]]) -> Verdict:
    """The same verdict, less a fifth of the points where hooks are left on a network.

    A network that came in train mode and went out in eval mode is told, not charged.
    """
    message = found.message
    if any(answer.get("flags", True) is not True for answer in answers):
        message += f" This costs nothing here: {MISCONCEPTIONS['mode-not-restored']}"
    if not found.fraction or all(answer.get("hooks", 0) == 0 for answer in answers):
        return replace(found, message=message)
    return Verdict(
        PARTIAL,
        round(max(0.0, found.fraction - 0.2), 4),
        f"{message} {MISCONCEPTIONS['hooks-left-behind']}",
        found.misconception or "hooks-left-behind",
    )


def ask(bench: Bench, nets: list[dict[str, Any]]) -> list[Any]:
    """What the student's search gives for each network."""
    answers = bench.call("layer", {"nets": nets}).value
    if not isinstance(answers, list) or len(answers) != len(nets):
        raise Fault("No layer came back.", "no-array")
    return [answer if isinstance(answer, dict) else {} for answer in answers]


def layers(
    bench: Bench,
    nets: list[dict[str, Any]],
    answers: list[dict[str, Any]],
    accepted: list[list[str]],
    titles: list[str],
) -> Verdict:
    """Count the right answers and name the mistake behind the first wrong one."""
    wrong = [
        i
        for i, (answer, right) in enumerate(zip(answers, accepted, strict=True))
        if answer.get("layer") not in right
    ]
    if not wrong:
        return passed(f"Right on all {len(nets)} networks.")
    if all("error" in a for a in answers) and not bench.memory.get("named layers"):
        raise stopped(str(answers[0]["error"])[:200])
    first = wrong[0]
    mistake, came = layer_mistake(nets[first], answers[first])
    if mistake == "not-a-module" and bench.memory.get("named layers") == 1:
        mistake = "only-known-names"
    missed = ", ".join(titles[i] for i in wrong)
    message = f"Not right on {missed}. On {titles[first]}: {came} {MISCONCEPTIONS[mistake]}"
    return share_of(len(nets) - len(wrong), len(nets), message, mistake)


def stopped(error: str) -> Fault:
    """What a search means that raises on every network."""
    kind = error.partition(":")[0]
    if kind == "NotImplementedError":
        return Fault("This is not written yet.", "not-written")
    cause, name = cause_of_message(error) or ("Run it on any network to see where.", None)
    return Fault(
        f"Your search raised {error} on every network. {cause}", name or f"raises-{kind.lower()}"
    )


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
    return misplaced(build_net(net), name), f"`{name[:80]}` came back."


def misplaced(model: nn.Module, name: str) -> str:
    """Whether a layer comes too early, too late, or lies inside the last block."""
    image = torch.zeros(1, 3, 64, 64)
    steps = {step.name: step for step in trace(model, image).steps}
    right = target_layers(model, image)
    if not depends_on(model, name, image):
        return "layer-unused"
    if name not in steps:
        return "layer-after-collapse"
    same_places = places(model, name, image) == places(model, right[-1], image)
    narrower = steps[name].channels < steps[right[-1]].channels
    return "layer-inside-block" if same_places and narrower else "layer-too-early"


def depends_on(model: nn.Module, name: str, image: torch.Tensor) -> bool:
    """Whether the logits depend on a layer's output."""
    seen: list[torch.Tensor] = []
    handle = model.get_submodule(name).register_forward_hook(lambda _m, _i, out: seen.append(out))
    y = model(image.clone().requires_grad_())
    handle.remove()
    gradients = torch.autograd.grad(y.sum(), seen, allow_unused=True)
    return any(gradient is not None for gradient in gradients)


def places(model: nn.Module, name: str, image: torch.Tensor) -> torch.Size:
    """Height and width of a layer's output."""
    seen = []
    handle = model.get_submodule(name).register_forward_hook(
        lambda _module, _inputs, output: seen.append(output.shape[2:])
    )
    with torch.no_grad():
        model(image)
    handle.remove()
    return seen[-1]
