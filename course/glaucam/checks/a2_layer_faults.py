"""In which way the layers of a network are not those of the baseline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

WIDTHS = (3, 32, 64, 128)
KINDS = ("conv", "norm", "head")


def faults_of_layers(told: Mapping[str, Any], forgive_head: bool = False) -> list[tuple[str, str]]:
    """(mistake, what came) for everything in which the layers are not the baseline's."""
    by = {kind: [f for f in told["layers"] if f["role"].startswith(kind)] for kind in KINDS}
    faults = [*_conv_faults(by["conv"]), *_norm_faults(by["norm"], by["conv"])]
    faults += [] if forgive_head else list(_head_faults(by["head"], by["conv"]))
    if told["elsewhere"]:
        faults.append(("other-layers", f"{told['elsewhere']} more numbers are learnt elsewhere"))
    if told["alike"]:
        faults.append(("filters-alike", f"all filters of {told['alike'][0]} start alike"))
    return faults


def _conv_faults(convs: list[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    widths = [3, *(c["weight"][0] for c in convs)]
    came = "–".join(map(str, widths[1:])) or "none"
    if not convs:
        yield "layers-not-registered", "no convolution"
    elif len(convs) != 3:
        yield "wrong-depth", f"{len(convs)} convolutions of widths {came}"
    elif tuple(widths) != WIDTHS or any(c["groups"] != 1 for c in convs):
        yield "wrong-widths", f"convolutions of widths {came}"
    for c in convs:
        if c["weight"][2:] != [3, 3] or c["dilation"] != [1, 1]:
            yield "wrong-kernel", f"a kernel of {c['weight'][2]}×{c['weight'][3]}"
            return
        if c["stride"] != [1, 1] or c["padding"] not in ("same", [1, 1]):
            yield "wrong-padding", f"stride {c['stride'][0]}, padding {c['padding']}"
            return


def _norm_faults(
    norms: list[Mapping[str, Any]], convs: list[Mapping[str, Any]]
) -> Iterator[tuple[str, str]]:
    if [n["features"] for n in norms] != sorted(c["weight"][0] for c in convs):
        yield "norm-missing", f"{len(norms)} BatchNorm layers for {len(convs)} convolutions"
    elif any(n["weight"] is None for n in norms):
        yield "norm-missing", "a BatchNorm without scale and shift to learn"


def _head_faults(
    heads: list[Mapping[str, Any]], convs: list[Mapping[str, Any]]
) -> Iterator[tuple[str, str]]:
    shapes = ", ".join(f"{h['weight'][1]} → {h['weight'][0]}" for h in heads) or "none"
    if len(heads) != 1:
        yield "extra-head", f"linear layers {shapes}"
    elif convs and heads[0]["weight"][1] != convs[-1]["weight"][0]:
        yield "flatten-head", f"a linear layer {shapes}"
