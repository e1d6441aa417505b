"""The checks of a2's `model` cell."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from autograder.judge.a2_train.checks import CHECKS, mistaken, unknown
from autograder.judge.a2_train.secret import Secret
from autograder.judge.bench import Bench, Fault
from autograder.judge.check import Verdict, failed, passed
from glaucam.checks.a2_causes import shape_cause
from glaucam.checks.a2_forms import (
    FORMS,
    RIGHT,
    Form,
    close,
    explains,
    gradients_of,
)
from glaucam.checks.a2_layer_faults import faults_of_layers
from glaucam.checks.a2_misconceptions import BLOCK, MISCONCEPTIONS
from glaucam.checks.a2_numbers import centred, drawn_weights

SIZES = ((3, 3, 64, 64), (1, 3, 64, 64), (2, 3, 48, 80), (2, 3, 96, 96))
MOST = 4_000_000  # numbers a network may hold before we stop copying them about


def told_of(bench: Bench, classes: int = 2) -> dict[str, Any]:
    """What the student's network of that many classes is made of; asked once."""
    key = f"network of {classes}"
    if key not in bench.memory:
        inputs = [list(size) for size in SIZES]
        value = bench.call("network", {"classes": classes, "inputs": inputs}).value
        if not isinstance(value, dict) or not isinstance(value.get("layers"), list):
            raise Fault("No network came back.", "no-network")
        bench.memory[key] = value
    return bench.memory[key]


@CHECKS.add("model.shape", needs="RetinalCNN")
def shape(bench: Bench, secret: Secret) -> Verdict:
    """Images of any size become [N, n_classes] logits, also a single image."""
    for classes in (2, 4):
        told = told_of(bench, classes)
        for asked, came in zip(SIZES, told["shapes"], strict=True):
            if came != [asked[0], classes]:
                bench.memory["shape fault"] = name = shape_mistake(told, asked, came, classes)
                before = f"RetinalCNN({classes}) gave {said(came)} for images {list(asked)}. "
                return mistaken(name, before) if name else unknown("The shape", BLOCK)
    return passed("[N, n_classes] for two and four classes, square and oblong images.")


def said(came: Any) -> str:
    return f"the shape {came}" if isinstance(came, list) else str(came)[:160]


def shape_mistake(told: dict[str, Any], asked: tuple[int, ...], came: Any, classes: int) -> str:
    """The mistake behind a wrong shape, or an error, or ""."""
    if isinstance(came, str):
        return shape_cause(came)
    if asked[0] == 1 and came == [classes]:
        return "batch-axis-lost"
    if came in ([asked[0]], [asked[0], 1]):
        return "one-output"
    return "classes-ignored" if len(came) == 2 and came[0] == asked[0] else ""


@CHECKS.add("model.layers", needs="RetinalCNN")
def layers(bench: Bench, secret: Secret) -> Verdict:
    """Three convolutions of 32, 64, 128 channels, a BatchNorm for each, one linear layer."""
    told = told_of(bench)
    paid = bench.memory.get("shape fault") in ("flatten-head", "one-output")
    faults = faults_of_layers(told, forgive_head=paid)
    if not faults:
        return passed(f"The layers asked for; {told['count']:,} numbers are learnt.")
    name, came = faults[0]
    return mistaken(name, f"Found: {came}; {told['count']:,} numbers in all. ")


def followed(bench: Bench, secret: Secret) -> Form | None:
    """The form in which the student's network computes: right, a mistake, or none known."""
    if "form" not in bench.memory:
        bench.memory["form"] = None
        told, given = told_of(bench), numbers(bench, secret)
        arrays = {k: v.numpy() for k, v in given[0].items()}
        result = bench.call("logits", {"classes": 2}, {**arrays, "images": given[1].numpy()})
        answer = tensor(result.arrays.get("y"))
        bench.memory["repeats"] = close(tensor(result.arrays.get("again")), answer)
        found = (form for form in FORMS if explains(form, told, answer, *given))
        bench.memory["form"] = next(found, None)
    return bench.memory["form"]


def numbers(bench: Bench, secret: Secret) -> tuple[dict[str, torch.Tensor], torch.Tensor]:
    """Secret weights for the student's layers, and images of a size its network takes."""
    told = told_of(bench)
    if told["count"] > MOST:
        raise Fault(f"{told['count']:,} numbers are far more than asked for.", "other-layers")
    generator = secret.generator(1)
    side = int(told["size"]) if told["size"] in (32, 48, 64, 96, 128) else 64
    weights = drawn_weights(told, generator)
    images = torch.randn(5, 3, side, side, generator=generator)
    return centred(told, weights, images), images


def tensor(array: np.ndarray | None) -> torch.Tensor:
    if array is None:
        raise Fault("No array came back.", "no-array")
    return torch.from_numpy(np.ascontiguousarray(array, np.float32))


@CHECKS.add("model.logits", needs="RetinalCNN")
def logits(bench: Bench, secret: Secret) -> Verdict:
    """With weights of the judge's, your network gives the right raw logits."""
    form = followed(bench, secret)
    if form is None and not bench.memory["repeats"]:
        return mistaken("random-in-eval")
    if form is None:
        return unknown("What your layers compute", BLOCK)
    if form.mistake in paid_in_layers(bench):
        return passed("Right but for the layers, which `model.layers` judges.")
    if form is RIGHT:
        return passed("Raw logits, equal to the reference's, with secret weights.")
    return mistaken(form.mistake)


def paid_in_layers(bench: Bench) -> set[str]:
    """Mistakes of form that `model.layers` has charged, such as a stride in place of a pool."""
    faults = faults_of_layers(told_of(bench))
    strided = any("stride" in came and "stride 1" not in came for _, came in faults)
    return {name for name, _ in faults} | ({"pool-missing"} if strided else set())


@CHECKS.add("model.gradients", needs="RetinalCNN")
def slopes(bench: Bench, secret: Secret) -> Verdict:
    """In train mode every number of the network gets its gradient."""
    told, (weights, images) = told_of(bench), numbers(bench, secret)
    direction = torch.randn(len(images), 2, generator=secret.generator(2))
    if (columns := told["shapes"][0][-1:]) != [2]:  # already paid in `model.shape`
        direction = direction[:, : columns[0] if columns == [1] else 2]
    arrays = {k: v.numpy() for k, v in weights.items()}
    arrays.update(images=images.numpy(), direction=direction.numpy())
    result = bench.call("slopes", {"classes": 2}, arrays)
    came = {k[2:]: tensor(v) for k, v in result.arrays.items() if k.startswith("d/")}
    missing = sorted(k for k in weights if "running" not in k and k not in came)
    if missing and (form := followed(bench, secret)) and form.mistake != "no-norm":
        return mistaken("gradient-cut", f"No gradient for {missing[0]}. ")
    return judged_slopes(followed(bench, secret), told, tensor(result.arrays.get("y")), came,
                         (weights, images, direction))  # fmt: skip


def judged_slopes(
    form: Form | None,
    told: dict[str, Any],
    y: torch.Tensor,
    came: dict[str, torch.Tensor],
    given: tuple[Any, ...],
) -> Verdict:
    """Hold outputs and gradients against those of the form that `model.logits` has paid for."""
    if form is None:
        alive = came and all(g.abs().sum() > 0 for k, g in came.items() if "weight" in k)
        if alive:
            return passed("Every layer is reached; the numbers are judged in `model.logits`.")
        return mistaken("gradient-cut")
    expected_y, expected = gradients_of(form, told, *given)
    if not close(y, expected_y):
        return mistaken("random-in-training")
    wrong = [k for k, g in expected.items() if k not in came or not close(came[k], g)]
    wrong = [k for k in wrong if not (k.startswith("conv") and k.endswith("bias"))]
    if wrong:
        return failed(
            f"The gradient of {wrong[0]} is not the reference's. {MISCONCEPTIONS['gradient-cut']}",
            "gradient-cut",
        )
    return passed("Every number is reached by its gradient, in train mode.")
