"""Ten mixed submissions, as a course would hand them in, on a machine with real eyes at hand."""

from __future__ import annotations

import os

import pytest

from autograder.grade import Grades, grade
from autograder.source import AssignmentSource
from tests.autograder.conftest import ID, SEED
from tests.autograder.submissions import hand_in, notebook, solution

pytestmark = [
    pytest.mark.jail,
    pytest.mark.realdata,
    pytest.mark.xdist_group("jail"),
    pytest.mark.skipif(not os.environ.get("GLAUCAM_REAL_DATA"), reason="GLAUCAM_REAL_DATA not set"),
]

OTHER_STYLE = """
class GradCAM:
    # hooks on the tensor, one image after the other, numpy at the end
    def __init__(self, net, layer):
        self.net, self.layer = net, layer

    def one(self, image, k):
        seen = []
        handle = self.layer.register_forward_hook(
            lambda m, i, o: (seen.append(o.detach().clone().requires_grad_()), seen[0].clone())[1]
        )
        try:
            with torch.enable_grad():
                score = self.net(image[None])[0, k]
                g = torch.autograd.grad(score, seen[0])[0][0].double().numpy()
        finally:
            handle.remove()
        a = seen[0].detach()[0].double().numpy()
        heat = np.maximum(np.einsum("c,chw->hw", g.mean((1, 2)), a), 0)
        heat = heat / heat.max() if heat.max() > 0 else heat
        heat = torch.from_numpy(heat)[None, None]
        size = image.shape[1:]
        return F.interpolate(heat, size, mode="bilinear", align_corners=True)[0, 0].numpy()

    def __call__(self, images, class_index):
        flags = {m: m.training for m in self.net.modules()}
        self.net.eval()
        try:
            return np.stack([self.one(torch.as_tensor(i), class_index) for i in images])
        finally:
            for m, flag in flags.items():
                m.training = flag

    def remove(self):
        pass
"""
NO_RELU = solution("gradcam").replace("F.relu((alpha", "((alpha")
FIRST_CONV = (
    "def find_target_layer(model):\n"
    "    return next(m for m in model.modules() if isinstance(m, nn.Conv2d))"
)
WITHHELD = (
    "from pytorch_grad_cam import GradCAM as Peer\n"
    "class GradCAM:\n    def __init__(self, model, layer): self.peer = Peer(model, [layer])"
)
EXIT = "import os\nos._exit(0)"
NOISY = "import sys, warnings\nwarnings.warn('old')\nprint('noise', file=sys.stderr)\n"
STUB = "raise NotImplementedError"


@pytest.fixture(scope="module")
def grades(bubblewrap, tmp_path_factory) -> Grades:
    submitted = tmp_path_factory.mktemp("submitted")
    half = dict.fromkeys(("contrast", "overlay", "target_layer"), STUB)
    course = {
        "perfect": notebook(),
        "perfect_other_style": notebook({"gradcam": OTHER_STYLE}),
        "half": notebook(half),
        "empty": notebook(solved=False),
        "no_relu": notebook({"gradcam": NO_RELU}),
        "wrong_layer": notebook({"target_layer": FIRST_CONV}),
        "damaged": b'{"cells": [{"cell_type": "code", "sou',
        "hostile": notebook({"overlay": EXIT}),
        "withheld": notebook({"gradcam": WITHHELD}),
        "noisy": notebook({"gradcam": NOISY + solution("gradcam")}),
    }
    for student, made in course.items():
        hand_in(submitted, student, made)
    return grade(ID, submitted, tmp_path_factory.mktemp("out"), seed=SEED, workers=2)


def lost(grades: Grades, student: str) -> set[str]:
    verdicts = grades.judgements[student].verdicts
    return {id for id, verdict in verdicts.items() if verdict.fraction < 1}


def part(source: AssignmentSource, *cells: str) -> set[str]:
    return {id for id in source.points if id.split(".")[0] in cells}


@pytest.mark.parametrize("student", ["perfect", "perfect_other_style", "noisy"])
def test_right_work_gets_everything_whatever_its_style(grades, student):
    assert lost(grades, student) == set()


def test_each_mistake_costs_its_own_cell_and_no_other(grades, source):
    assert lost(grades, "half") == part(source, "contrast", "overlay", "target_layer")
    assert lost(grades, "wrong_layer") == part(source, "target_layer")
    assert lost(grades, "hostile") == part(source, "overlay")
    assert lost(grades, "withheld") == part(source, "gradcam")
    assert "gradcam.values" in lost(grades, "no_relu") <= part(source, "gradcam")
    assert lost(grades, "empty") == lost(grades, "damaged") == set(source.points)


def test_mistakes_are_named(grades):
    def said(student: str, check: str) -> str:
        return grades.judgements[student].verdicts[check].misconception

    assert said("no_relu", "gradcam.values") == "no-relu"
    assert said("withheld", "gradcam.values") == "withheld"
    assert said("hostile", "overlay.blend") == "kernel-lost"
    assert said("damaged", "overlay.blend") == "unreadable"
    assert said("wrong_layer", "target_layer.unseen").startswith("layer-")


def test_who_did_more_has_more(grades):
    assert len(grades.judgements) == 10
    total = {student: grades.total(student) for student in grades.judgements}
    assert total["empty"] == total["damaged"] == 0
    assert 0 < total["withheld"] < total["half"] < total["no_relu"] < total["perfect"]
    assert total["half"] < total["wrong_layer"] < total["hostile"] < total["perfect"]
