"""Networks of the timm library by its own names, as in ``timm/vit_tiny_patch16_224``."""

from __future__ import annotations

from functools import cache
from types import ModuleType
from typing import ClassVar

from torch import nn

from glaucam.errors import InputError, UnknownName
from glaucam.registry import MODELS, unknown

PREFIX = "timm/"


class TimmModel:
    """Base of the entries made below."""

    name: ClassVar[str]
    title: ClassVar[str]
    paper: ClassVar[str]
    input_size: ClassVar[int]

    @classmethod
    def build(cls, n_classes: int, pretrained: bool = False) -> nn.Module:
        """Build with raw logits [N,n_classes]; ``pretrained`` fetches the weights timm names."""
        create = imported(cls.name).create_model
        name = cls.name.removeprefix(PREFIX)
        if not pretrained:
            return create(name, num_classes=n_classes)
        try:
            return create(name, pretrained=True, num_classes=n_classes)
        except (OSError, RuntimeError) as error:
            raise InputError(
                f"no published weights of {cls.name} to be had "
                f"({' '.join(str(error).split())[:160]}): build it without pretrained"
            ) from error


@MODELS.register_family(PREFIX)
@cache
def timm_entry(name: str) -> type[TimmModel]:
    """The entry of ``timm/<name>``, a tag as in ``resnet18.a1_in1k`` allowed.

    Raises UnknownName, with the nearest, where timm has no such network (its names that fetch from
    elsewhere, as ``hf-hub:…``, are none), InputError where timm is missing.
    """
    timm = imported(name)
    known = [PREFIX + known for known in timm.list_models()]
    if name.split(".")[0] not in known:
        raise UnknownName(unknown("model", name, known, most=8))
    about = timm.models.get_pretrained_cfg(name.removeprefix(PREFIX))
    members = {
        "name": name,
        "title": f"{name.removeprefix(PREFIX)} (timm)",
        "paper": "Wightman 2019, PyTorch image models (timm)",
        "input_size": about.input_size[1] if about else 224,
    }
    return type("TimmEntry", (TimmModel,), members)


def imported(name: str) -> ModuleType:
    """The timm package, or one line on how to get it."""
    try:
        import timm
    except ImportError as error:
        raise InputError(
            f"model {name!r} comes from timm, which is not installed: install timm, or choose a "
            f"model of our own: {', '.join(MODELS)}"
        ) from error
    return timm
