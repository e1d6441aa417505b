"""``explain``: images and a network in, heatmaps of every class and their contrast out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import index

import torch
from torch import nn
from torch.nn import functional as F

from glaucam.errors import InputError, ModelError, UnknownName
from glaucam.methods.target import class_logit, difference
from glaucam.registry import METHODS, unknown

FLAT = 1e-6  # evidence below this part of the map's own largest magnitude is rounding, not evidence


@dataclass(frozen=True)
class Heatmap:
    """The maps of one target for a batch.

    ``values``: float32 [N,H,W] in [0,1] at image size. ``raw``: float32 [N,h,w], signed.
    ``scale``: [N], the raw maximum that became 1 (0 where degenerate).
    ``is_degenerate``: [N], no positive evidence anywhere; ``values`` are all zeros there.
    """

    values: torch.Tensor
    raw: torch.Tensor
    scale: torch.Tensor
    is_degenerate: torch.Tensor


class PerClass(Mapping[str, Heatmap]):
    """Heatmaps by class name or class index; iterating gives the names."""

    def __init__(self, classes: Sequence[str], heatmaps: Mapping[int, Heatmap]) -> None:
        self._classes = tuple(classes)
        self._heatmaps = dict(heatmaps)

    def __contains__(self, key: object) -> bool:
        return any(key in (which, self._classes[which]) for which in self._heatmaps)

    def __getitem__(self, key: str | int) -> Heatmap:
        which = class_index(key, self._classes)
        if which not in self._heatmaps:
            raise UnknownName(unknown("explained class", key, list(self)))
        return self._heatmaps[which]

    def __iter__(self) -> Iterator[str]:
        return (self._classes[which] for which in self._heatmaps)

    def __len__(self) -> int:
        return len(self._heatmaps)


@dataclass(frozen=True)
class Explanation:
    """What the network says of a batch, and where it says it from.

    ``logits``, ``probabilities``: [N,K]. ``heatmaps[class]`` takes a name or an index.
    ``contrast``: the heatmap of y[second] − y[first], for (normal, glaucoma) what speaks for
    glaucoma and against normal; None when the network has one class. ``contrast_of``: the names of
    the two, (for, against).
    ``target_layer``: dotted name; "input" for methods that explain the image itself.
    """

    logits: torch.Tensor
    probabilities: torch.Tensor
    heatmaps: PerClass
    contrast: Heatmap | None
    target_layer: str
    classes: tuple[str, ...]
    method: str
    contrast_of: tuple[str, str] | None = None


def explain(
    model: nn.Module,
    images: torch.Tensor,
    classes: Sequence[str | int] | None = None,
    method: str = "gradcam",
    target_layer: str | None = None,
    contrast: tuple[str | int, str | int] | None = None,
) -> Explanation:
    """Explain every class (or those of ``classes``) and the contrast.

    ``images``: float [N,3,H,W], preprocessed as the network expects. ``target_layer``: a dotted
    name; found by trace when left out, and not read by methods that explain the input. The network
    runs in eval mode and is afterwards as it was, also when this raises. ``contrast``: the two
    classes (for, against) whose logits are subtracted, by default the second and the first.

    Raises InputError for images of another shape or with NaN, UnknownName for a class, method or
    layer that is not there, ModelError for a network that cannot be explained.
    """
    images = as_the_weights(checked_images(images), model)
    size = (images.shape[2], images.shape[3])
    with METHODS[method]().look_at(model, images, target_layer) as look:
        logits = look.logits.detach().float()
        if not torch.isfinite(logits).all():
            raise ModelError("the network's logits are not finite: its weights or input overflow")
        names = class_names(model, logits.shape[1])
        asked = asked_classes(classes, names)
        pair = contrasted_classes(contrast, names)
        targets = [*map(class_logit, asked), *([difference(*pair)] if pair else [])]
        maps = as_heatmaps([look.raw_map(target) for target in targets], size)
    return Explanation(
        logits=logits,
        probabilities=logits.softmax(dim=1),
        heatmaps=PerClass(names, dict(zip(asked, maps, strict=False))),
        contrast=maps[-1] if pair else None,
        target_layer=look.target_layer,
        classes=names,
        method=method,
        contrast_of=(names[pair[0]], names[pair[1]]) if pair else None,
    )


def as_heatmaps(raw: Sequence[torch.Tensor], size: tuple[int, int]) -> list[Heatmap]:
    """A Heatmap for each of the targets' raw maps [N,h,w]; made at once, which costs least."""
    if not raw:
        return []
    whole = as_heatmap(torch.cat(list(raw)), size)
    parts = (values.split(len(raw[0])) for values in vars(whole).values())
    return [Heatmap(*of_target) for of_target in zip(*parts, strict=True)]


def as_heatmap(raw: torch.Tensor, size: tuple[int, int]) -> Heatmap:
    """ReLU, divide each map by its own maximum, enlarge bilinearly: [N,h,w] → values [N,H,W]."""
    raw = raw.detach().float()
    if not torch.isfinite(raw).all():
        raise ModelError("the raw map is not finite: the network's gradients overflow")
    scale = raw.amax(dim=(1, 2)).clamp(min=0)
    is_degenerate = scale <= FLAT * raw.abs().amax(dim=(1, 2))
    scale = torch.where(is_degenerate, 0.0, scale)
    divisor = torch.where(is_degenerate, 1.0, scale)[:, None, None]
    positive = torch.where(is_degenerate[:, None, None], 0.0, raw.clamp(min=0) / divisor)
    values = F.interpolate(positive[:, None], size=size, mode="bilinear", align_corners=False)
    return Heatmap(values[:, 0].clamp_(0, 1), raw, scale, is_degenerate)


def checked_images(images: torch.Tensor) -> torch.Tensor:
    """The batch as a floating tensor [N,3,H,W], or an InputError that says what came instead."""
    try:
        images = torch.as_tensor(images)
    except (TypeError, ValueError, RuntimeError) as error:
        raise InputError(
            f"images are a {type(images).__name__}, expected a tensor or array [N,3,H,W]: stack "
            "preprocessed images of one size"
        ) from error
    if images.ndim != 4 or 0 in images.shape:
        raise InputError(
            f"images have shape {list(images.shape)}, expected [N,3,H,W]: "
            "add the batch axis with image[None]"
        )
    if not images.is_floating_point():
        raise InputError(
            f"images are {images.dtype}, expected floating point: apply the checkpoint's "
            "preprocessing first"
        )
    if not torch.isfinite(torch.stack(torch.aminmax(images))).all():  # NaN is neither; one pass
        raise InputError("images hold NaN or infinite values: check the file and its scaling")
    return images


def as_the_weights(images: torch.Tensor, model: nn.Module) -> torch.Tensor:
    """The images on the device and in the precision of the network's weights."""
    weights = next((p for p in model.parameters() if p.is_floating_point()), images)
    return images.to(weights.device, weights.dtype)


def class_names(model: nn.Module, n_classes: int) -> tuple[str, ...]:
    """The network's own ``classes`` where it carries them, else "0", "1", …"""
    names = getattr(model, "classes", None)
    if names is not None and len(names) == n_classes:
        return tuple(names)
    return tuple(str(number) for number in range(n_classes))


def asked_classes(
    classes: Iterable[str | int] | str | int | None, names: Sequence[str]
) -> list[int]:
    """Indices of the classes asked for: all of them for None, one for a lone name."""
    if classes is None:
        return list(range(len(names)))
    if isinstance(classes, str) or not isinstance(classes, Iterable):
        return [class_index(classes, names)]
    return [class_index(key, names) for key in classes]


def contrasted_classes(
    pair: tuple[str | int, str | int] | None, names: Sequence[str]
) -> tuple[int, int] | None:
    """Indices (for, against); (1, 0) for None, and None where there is one class only."""
    if pair is None:
        return (1, 0) if len(names) > 1 else None
    plus, minus = (class_index(key, names) for key in pair)
    if plus == minus:
        raise InputError(
            f"the contrast of {names[plus]} with itself is empty: choose two different classes"
        )
    return plus, minus


def class_index(key: str | int, names: Sequence[str]) -> int:
    """The index of a class given by name or by index."""
    if isinstance(key, str) and key in names:
        return list(names).index(key)
    if hasattr(key, "__index__") and 0 <= index(key) < len(names):
        return index(key)
    raise UnknownName(unknown("class", key, list(names)))
