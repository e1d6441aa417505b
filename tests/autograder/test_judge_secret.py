"""The secret draw: the same for everyone, fit to examine by, and built alike on both sides."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys

import numpy as np
import pytest
import torch
from torchvision.models import get_model

from autograder.judge.a3_gradcam import ASSIGNMENT
from autograder.judge.a3_gradcam.cases import BRIGHT, UNDECIDED, Case
from autograder.judge.a3_gradcam.checks import misplaced
from autograder.judge.a3_gradcam.nets import build_net
from autograder.judge.a3_gradcam.secret import FAINT, NAMED, Secret, named_layers, secret
from autograder.source import ROOT
from glaucam.checks.a3_misconceptions import MISCONCEPTIONS
from glaucam.models.target_layer import target_layers

SEED = 4


def digest(drawn: Secret) -> str:
    """SHA-256 over every network, weight and image of a draw."""
    sha = hashlib.sha256(json.dumps(drawn.unseen, sort_keys=True).encode())
    cases = [*drawn.values, *drawn.contrast, drawn.batch, drawn.flat, drawn.faint, drawn.state]
    for case in cases:
        sha.update(json.dumps(case.description, sort_keys=True).encode())
        for name, array in sorted(case.arrays.items()):
            sha.update(name.encode() + array.tobytes())
    return sha.hexdigest()


def test_the_draw_is_the_same_in_another_process() -> None:
    code = (
        "import torch; torch.set_num_threads(1)\n"
        "from tests.autograder.test_judge_secret import SEED, digest\n"
        "from autograder.judge.a3_gradcam.secret import secret\n"
        "print(digest(secret(SEED)))"
    )
    other = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert other.stdout.split()[-1] == digest(secret(SEED))


def test_another_seed_is_another_draw() -> None:
    assert digest(secret(SEED)) != digest(secret(SEED + 1))


def all_cases(drawn: Secret) -> list[Case]:
    plain = [*drawn.values, *drawn.contrast]
    return [*plain, drawn.oblong, drawn.batch, drawn.frozen, drawn.inplace, drawn.state]


@pytest.mark.parametrize("seed", range(3))
def test_plain_cases_have_evidence_and_are_undecided(seed: int) -> None:
    for case in all_cases(secret(seed)):
        raw = case.evidence.raw("gradcam")
        assert raw.amax((1, 2)).min() > 0.99 * BRIGHT
        assert (raw.amin((1, 2)) < 0).all()
        assert case.widest_gap() < UNDECIDED


def test_the_flat_case_has_no_evidence_and_the_faint_one_little() -> None:
    drawn = secret(SEED)
    assert drawn.flat.evidence.raw("gradcam").max() <= 0
    assert drawn.flat.evidence.raw("gradcam").min() < 0
    assert float(drawn.faint.evidence.raw("gradcam").max()) == pytest.approx(FAINT, rel=1e-3)


def test_contrast_images_are_decided_differently() -> None:
    for case in secret(SEED).contrast:
        with torch.no_grad():
            y = case.net(torch.from_numpy(case.images))
        assert sorted((y[:, 1] > y[:, 0]).tolist()) == [False, True]


def in_the_jail() -> dict[str, object]:
    """The names the probes' source defines, as the kernel loads it."""
    namespace: dict[str, object] = {"__name__": "probes"}
    exec(ASSIGNMENT.probes, namespace)
    return namespace


def test_networks_are_built_alike_on_both_sides() -> None:
    theirs = in_the_jail()
    for case in all_cases(secret(SEED)):
        net = theirs["secret_net"](case.args(), case.arrays)
        images = torch.from_numpy(case.images)
        with torch.no_grad():
            assert torch.equal(net(images), case.net(images))


def test_the_probes_hold_no_answer() -> None:
    for word in ("raw_maps", "RIGHT", "MISTAKES", "misconception", "right_layers", "autograder"):
        assert word not in ASSIGNMENT.probes


def test_unseen_networks_share_no_name_and_have_an_answer() -> None:
    first, second = secret(0), secret(1)
    names = [{d["places"][0] for d in drawn.unseen} for drawn in (first, second)]
    assert not names[0] & names[1]
    for description, right in zip(first.unseen, first.right_layers, strict=True):
        net = build_net(description)
        assert set(right) <= {name for name, _ in net.named_modules()}
        assert len(right) < len(list(net.named_modules())) - 1


def test_a_right_layer_does_not_depend_on_the_weights() -> None:
    description = secret(0).unseen[0]
    image = torch.zeros(1, 3, 224, 224)
    assert target_layers(build_net(description), image) == target_layers(
        build_net(description), torch.rand_like(image)
    )


def test_the_courses_own_network_is_among_the_named() -> None:
    answers = dict(zip(NAMED, named_layers(), strict=True))
    assert "features" in answers["retinal_cnn"]
    assert "layer4" in answers["resnet18"]
    assert "features.denseblock4.denselayer16" not in answers["densenet121"]


def test_pictures_show_what_is_stretched() -> None:
    pictures = secret(SEED).pictures
    assert pictures["image"].min() >= 20
    assert pictures["image"].max() < 200
    assert np.array_equal(pictures["half"][:, ::2], pictures["ramp"][:, :26])


def test_slim_families_have_the_layers_of_the_families():
    """The same modules by name, and the same right answers as full networks on 224 px."""
    image = torch.zeros(1, 3, 224, 224)
    for name, accepted in zip(NAMED, named_layers(), strict=True):
        if name == "retinal_cnn":
            continue
        slim, full = build_net({"family": name}), get_model(name, num_classes=2).eval()
        assert [n for n, _ in slim.named_modules()] == [n for n, _ in full.named_modules()]
        assert accepted == target_layers(full, image)


@pytest.mark.parametrize("seed", [8, 11, 452106127])
def test_any_layer_of_an_unseen_network_gets_a_verdict(seed: int) -> None:
    """At these seeds the first network drawn changes in place what its gradients need; it is
    drawn again, for a right answer asks for those gradients too.
    """
    for description in secret(seed).unseen:
        net = build_net(description)
        for name in filter(None, dict(net.named_modules())):
            assert misplaced(net, name) in MISCONCEPTIONS
