"""The formative checks of assignment a3: one function per check, called with the student's object.

Their inputs are public: phantoms, the embedded model, small seeded networks.
"""

from __future__ import annotations

import copy
from functools import partial
from typing import Any

import numpy as np
import torch

from glaucam.checks import small_nets as nets
from glaucam.checks.a3_misconceptions import known
from glaucam.checks.accepted import TOLERANCE, as_heatmaps
from glaucam.checks.base import Mistake, formative, student
from glaucam.checks.heatmaps import (
    balanced,
    compared,
    heatmaps_of,
    judge_contrast,
    judge_heatmaps,
    phantom_batch,
)
from glaucam.checks.layer_choice import chosen_layer
from glaucam.checks.overlay_blend import blended_colours, in_place_and_order, public_picture
from glaucam.checks.side_effects import has_hooks, training_flags, unchanged
from glaucam.registry import MODELS

FAMILIES = ("retinal_cnn", "resnet18", "efficientnet_b0")


@formative("target_layer.named")
def target_layer_named(find_target_layer: Any) -> str:
    """The last feature map of three known networks."""
    found = []
    for name in FAMILIES:
        net = nets.seeded(partial(MODELS[name].build, 2))
        found.append(f"{name} → {chosen_layer(find_target_layer, net, name)}")
    return "Right in all three: " + ", ".join(found) + "."


@formative("target_layer.unseen")
def target_layer_unseen(find_target_layer: Any) -> str:
    """Networks whose names and order tell nothing."""
    for build in (nets.BackwardsNet, nets.ResidualNet, nets.SideBranchNet, nets.PositionNet):
        net = nets.seeded(build).train()
        flags = training_flags(net)
        chosen_layer(find_target_layer, net, build.__name__)
        if has_hooks(net):
            raise known("hooks-left-behind")
        if training_flags(net) != flags:
            raise known("mode-not-restored")
    return "Found by running the network, not by its names: that works on nets nobody knows."


@formative("gradcam.values")
def gradcam_values(GradCAM: Any) -> str:
    """The right numbers, on the course's model and on a head that keeps position."""
    from glaucam.training.embedded import embedded_model

    model = embedded_model().model
    images, square = phantom_batch(4), phantom_batch(2, 96, 96)
    net = balanced(nets.position_net(), images)
    for class_index in (1, 0):
        compared(GradCAM, net, images, class_index)
        compared(GradCAM, model, square, class_index)
    return "Equal to the formula at every pixel, for both classes and on both networks."


@formative("gradcam.size")
def gradcam_size(GradCAM: Any) -> str:
    """A heatmap as large as the image, which need not be square."""
    for height, width in ((64, 48), (40, 72)):
        answer = heatmaps_of(GradCAM, nets.position_net(), phantom_batch(2, height, width), 1)
        if not np.isfinite(answer).all() or answer.min() < -1e-6 or answer.max() > 1 + 1e-6:
            raise Mistake(
                f"Values run from {answer.min():.3g} to {answer.max():.3g}; expected [0,1].",
                "ReLU, then divide by the map's own maximum.",
                "not-normalised",
            )
    return "Tall and wide images give heatmaps of their own size, in [0,1]."


@formative("gradcam.batch")
def gradcam_batch(GradCAM: Any) -> str:
    """An image's heatmap does not depend on its neighbours in the batch, nor on earlier calls."""
    net, images = nets.position_net(), phantom_batch(6)
    extractor = student(GradCAM, net, net.features)
    size = (images.shape[2], images.shape[3])
    together = as_heatmaps(student(extractor, images.clone(), 1), 6, size)
    reversed_ = as_heatmaps(student(extractor, images.flip(0).clone(), 1), 6, size)[::-1]
    alone = as_heatmaps(student(extractor, images[4:5].clone(), 1), 1, size)[0]
    student(extractor.remove)
    judge_heatmaps(together, net, images, 1, "features")
    if np.abs(together - reversed_).max() > TOLERANCE:
        raise Mistake(
            "The same images in reverse order gave other heatmaps: the second call still used "
            "something of the first, or an image's map uses its neighbours.",
            "Capture A anew in each call, and take means and maxima per image.",
            "stale-activation",
        )
    if np.abs(together[4] - alone).max() > TOLERANCE:
        raise Mistake(
            "An image alone gets another heatmap than in a batch of six.",
            "Is a maximum, a mean or a sum taken over the batch axis?",
            "batch-normalised",
        )
    return "Alone, in a batch of six, or in reverse: every image keeps its own heatmap."


@formative("gradcam.flat")
def gradcam_flat(GradCAM: Any) -> str:
    """Nothing speaks for the class: a heatmap of zeros, without NaN."""
    answer = heatmaps_of(GradCAM, nets.all_negative_net(), phantom_batch(2), 1)
    if np.isnan(answer).any():
        raise Mistake(
            "NaN: after the ReLU nothing is left, and 0 was divided by 0.",
            "Where the maximum is 0 the heatmap is 0: torch.where(top > 0, L / top, 0).",
            "nan-on-flat-map",
        )
    if np.abs(answer).max() > TOLERANCE:
        raise Mistake(
            "Every place speaks against this class, yet your heatmap is not zero. An empty map "
            "looks like a bug, so abs() or a stretch without ReLU suggests itself.",
            "Let it be empty: 'no positive evidence' is what the network says.",
            "flat-map-lit",
        )
    return "All zeros: the honest picture of a network that finds nothing for this class."


@formative("gradcam.faint")
def gradcam_faint(GradCAM: Any) -> str:
    """Evidence a hundred thousand times weaker gives the same heatmap."""
    images, faint = phantom_batch(2), nets.faint_net()
    answer = heatmaps_of(GradCAM, faint, images, 1)
    strong = heatmaps_of(GradCAM, nets.position_net(), images, 1)
    if answer.max() < strong.max() - TOLERANCE:
        raise Mistake(
            f"Faint evidence fades the heatmap: its maximum falls from {strong.max():.3f} to "
            f"{answer.max():.3f}. A fixed eps in the denominator is no longer small there.",
            "Divide by the maximum itself, and treat a maximum of 0 apart.",
            "absolute-eps",
        )
    judge_heatmaps(answer, faint, images, 1, "features")
    return "Scaled by its own maximum, however small: as bright as the strong one."


@formative("gradcam.frozen")
def gradcam_frozen(GradCAM: Any) -> str:
    """A network whose weights are all frozen."""
    net = nets.position_net().requires_grad_(False)
    compared(GradCAM, net, phantom_batch(2), 1)
    if any(p.requires_grad for p in net.parameters()):
        raise known("unfreezes-weights")
    return "The gradient is that of y by A; no weight needs one."


@formative("gradcam.inplace")
def gradcam_inplace(GradCAM: Any) -> str:
    """An in-place ReLU right after the target layer."""
    compared(GradCAM, nets.position_net(in_place=True), phantom_batch(2), 1)
    return "Your copy of A survived the ReLU that wrote over the original."


@formative("gradcam.state")
def gradcam_state(GradCAM: Any) -> str:
    """The network is afterwards as it was: mode, statistics, gradients, hooks."""
    net, images = nets.position_net().train(), phantom_batch(3)
    before, flags = copy.deepcopy(net.state_dict()), training_flags(net)
    first, second = (student(GradCAM, net, net.features) for _ in range(2))
    size = (images.shape[2], images.shape[3])
    answers = [as_heatmaps(student(e, images.clone(), 1), 3, size) for e in (first, second, first)]
    for extractor in (first, second):
        student(extractor.remove)
    unchanged(net, before, flags)
    for answer in answers:  # two extractors on one network, and a repeated call
        judge_heatmaps(answer, net, images, 1, "features")
    return "Two extractors, repeated calls, a network in train mode: nothing was left behind."


@formative("contrast.values")
def contrast_values(contrast_heatmap: Any) -> str:
    """The heatmap of y[1] − y[0]."""
    for in_place in (False, True):
        net = nets.position_net(in_place)
        images = phantom_batch(3)
        answer = student(contrast_heatmap, net, net.features, images.clone())
        judge_contrast(as_heatmaps(answer, 3, (images.shape[2], images.shape[3])), net, images)
    return "The map of the difference: what speaks for glaucoma and against normal."


@formative("overlay.blend")
def overlay_blend(overlay: Any) -> str:
    """(1 − alpha)·image + alpha·colours."""
    image, heatmap = public_picture()
    kept = image.copy()
    pictures = {alpha: student(overlay, image, heatmap, alpha) for alpha in (0.0, 0.5, 1.0)}
    if not np.array_equal(image, kept):
        raise known("input-changed")
    return blended_colours(pictures, image, heatmap)


@formative("overlay.layout")
def overlay_layout(overlay: Any) -> str:
    """The picture keeps its shape, its type, and its place under the heat."""
    image, heatmap = public_picture()
    for heat in (heatmap, torch.from_numpy(heatmap)):
        in_place_and_order(student(overlay, image.copy(), heat, 0.5), image, heatmap)
    return "uint8 [H,W,3], heat where the heatmap has it, channels in order; tensors welcome too."
