"""The formative checks of a3: the solution passes, and each mistake is called by its name."""

# ruff: noqa: E501  (tables of mistakes read best a row to a line)

import pytest
import torch

from autograder.source import read_source
from glaucam.checks import a3_gradcam as checks
from glaucam.checks.base import FAILED, NOT_CHECKABLE, PASSED, formative

SOURCE = read_source("a3_gradcam")
SETUP = SOURCE.locked_cells["setup"]
NAMES = {"target_layer": "find_target_layer", "gradcam": "GradCAM",
         "contrast": "contrast_heatmap", "overlay": "overlay"}  # fmt: skip


def solution(cell, *changes):
    """The solution's object, after replacing each (old, new) in its text."""
    text = SOURCE.solution_cells[cell]
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    namespace = {}
    exec(SETUP + "\n" + text, namespace)
    return namespace[NAMES[cell]]


@pytest.mark.parametrize("check_id", SOURCE.points)
def test_the_solution_passes(check_id):
    outcome = getattr(checks, check_id.replace(".", "_"))(solution(check_id.split(".")[0]))
    assert outcome.status == PASSED, outcome
    assert outcome.check == check_id
    assert outcome.rationale


ALPHA = "alpha = gradient.mean(dim=(2, 3), keepdim=True)"
LINE = "L = F.relu((alpha * self.A.detach()).sum(dim=1))"
Y = "y = self.model(images)[:, class_index]"
TOP = "top = L.amax(dim=(1, 2), keepdim=True)"
KEEP = "self.A = output.detach().clone().requires_grad_()\n            return self.A.clone()"

WRONG_GRADCAM = [
    ("values", "softmax-score", [(Y, "y = self.model(images).softmax(1)[:, class_index]")]),
    ("values", "loss-gradient", [(Y, "y = F.cross_entropy(self.model(images), torch.full((len(images),), class_index), reduction='none')")]),
    ("values", "classes-summed", [(Y, "y = self.model(images)")]),
    ("values", "wrong-class", [(Y, "y = self.model(images)[:, 1 - class_index]")]),
    ("values", "predicted-class", [(Y, "y = self.model(images).amax(1)")]),
    ("values", "absolute-map", [(LINE, LINE.replace("F.relu", "torch.abs"))]),
    ("values", "no-relu", [(LINE, LINE.replace("F.relu", "") + "; L = L - L.amin(dim=(1, 2), keepdim=True)")]),
    ("values", "gradient-times-activation", [(ALPHA, "alpha = gradient")]),
    ("values", "max-pooled-gradients", [(ALPHA, "alpha = gradient.amax(dim=(2, 3), keepdim=True)")]),
    ("values", "relu-on-weights", [(ALPHA, ALPHA + ".relu()")]),
    ("values", "batch-averaged-gradients", [(ALPHA, "alpha = gradient.mean(dim=(0, 2, 3), keepdim=True)")]),
    ("values", "batch-normalised", [(TOP, "top = L.max()")]),
    ("values", "nearest-upsampling", [('mode="bilinear"', 'mode="nearest"')]),
    ("values", "inverted-map", [("top > 0, L / top", "top > 0, 1 - L / top")]),
    ("size", "swapped-axes", [("images.shape[2:]", "images.shape[:1:-1]")]),
    ("size", "first-image-only", [(')[:, 0]', ')[0, 0]')]),
    ("size", "not-upsampled", [('F.interpolate(L[:, None], size=images.shape[2:], mode="bilinear")[:, 0]', "L")]),
    ("size", "extra-axis", [(')[:, 0]', ')')]),
    ("batch", "stale-activation", [("self.A = output", "self.first = getattr(self, 'first', output.detach()); self.A = output"), (LINE, LINE.replace("self.A.detach()", "(self.first if len(self.first) == len(images) else self.A.detach())"))]),
    ("flat", "nan-on-flat-map", [("torch.where(top > 0, L / top, torch.zeros_like(L))", "L / top")]),
    ("flat", "flat-map-lit", [(LINE, LINE.replace("F.relu", "torch.abs"))]),
    ("faint", "absolute-eps", [("torch.where(top > 0, L / top, torch.zeros_like(L))", "L / (top + 1e-7)")]),
    ("frozen", "no-gradient", [(KEEP, "self.A = output\n            return None")]),
    ("frozen", "unfreezes-weights", [("self.model.eval()", "self.model.eval(); self.model.requires_grad_(True)")]),
    ("inplace", "leaf-not-cloned", [("return self.A.clone()", "return self.A")]),
    ("inplace", "overwritten-in-place", [(KEEP, "self.kept = output.detach()\n            self.A = output.detach().requires_grad_()\n            return self.A + 0"), ("self.handle = ", "target_layer.register_forward_hook(lambda m, i, o: None); self.handle = "), (LINE, LINE.replace("self.A.detach()", "F.relu(self.A.detach())"))]),
    ("state", "no-eval", [("self.model.eval()", "pass")]),
    ("state", "mode-not-restored", [("module.training = flag", "pass")]),
    ("state", "hooks-left-behind", [("self.handle.remove()", "pass")]),
    ("state", "backward-fills-grad", [("(gradient,) = torch.autograd.grad(y.sum(), self.A)", "F.mse_loss(self.model(images), torch.ones(len(images), 2)).backward(); y = self.model(images)[:, class_index]; (gradient,) = torch.autograd.grad(y.sum(), self.A)")]),
]  # fmt: skip


@pytest.mark.parametrize(("check", "misconception", "changes"), WRONG_GRADCAM,
                         ids=[f"{c}-{m}" for c, m, _ in WRONG_GRADCAM])  # fmt: skip
def test_a_wrong_gradcam_is_called_by_its_mistake(check, misconception, changes):
    outcome = getattr(checks, f"gradcam_{check}")(solution("gradcam", *changes))
    assert outcome.status == FAILED
    assert outcome.misconception == misconception, outcome
    assert outcome.help


@pytest.mark.parametrize(
    "changes",
    [
        [('mode="bilinear"', 'mode="bilinear", align_corners=True')],
        [(TOP, "L = L - L.amin(dim=(1, 2), keepdim=True); " + TOP)],
        [(')[:, 0]', ')[:, 0].numpy()')],
        [(TOP, "L = F.interpolate(L[:, None], size=images.shape[2:], mode='bilinear')[:, 0]; " + TOP)],
    ],
    ids=["corners", "min-max", "array", "enlarge-first"],
)  # fmt: skip
def test_right_in_another_way_is_right(changes):
    for name in ("values", "size", "batch", "flat", "faint"):
        outcome = getattr(checks, f"gradcam_{name}")(solution("gradcam", *changes))
        assert outcome.status == PASSED, outcome


@pytest.mark.parametrize(
    ("misconception", "changes"),
    [
        ("reversed-contrast", [("logits[:, 1] - logits[:, 0]", "logits[:, 0] - logits[:, 1]")]),
        ("one-class-only", [("logits[:, 1] - logits[:, 0]", "logits[:, 1]")]),
        ("absolute-map", [("F.relu", "torch.abs")]),
    ],
)
def test_a_wrong_contrast_is_called_by_its_mistake(misconception, changes):
    outcome = checks.contrast_values(solution("contrast", *changes))
    assert (outcome.status, outcome.misconception) == (FAILED, misconception), outcome


def test_the_difference_of_two_finished_heatmaps_is_recognised():
    GradCAM = solution("gradcam")

    def contrast_heatmap(model, layer, images):
        cam = GradCAM(model, layer)
        heat = cam(images, 1) - cam(images, 0)
        cam.remove()
        return heat.relu()

    assert checks.contrast_values(contrast_heatmap).misconception == "difference-of-heatmaps"


@pytest.mark.parametrize(
    ("check", "misconception", "changes"),
    [
        ("blend", "alpha-reversed", [("(1 - alpha) *", "alpha *"), ("+ alpha *", "+ (1 - alpha) *")]),
        ("blend", "heat-truncated", [("np.asarray(heatmap)", "(255 * np.asarray(heatmap)).astype(int) // 255")]),
        ("blend", "uint8-truncation", [("(1 - alpha) * np.asarray(image) + alpha * colours", "np.asarray(image) * (alpha < 1) + (2 * alpha - 1 if alpha == 1 else alpha) * colours * (alpha > 0)")]),
        ("layout", "overlay-dtype", [(".astype(np.uint8)", "")]),
        ("layout", "colour-channels-swapped", [("np.asarray(image)", "np.asarray(image)[..., ::-1]")]),
        ("layout", "heat-mirrored", [("np.asarray(heatmap)", "np.asarray(heatmap)[::-1]")]),
        ("layout", "overlay-shape", [("[..., :3]", ""), ("np.asarray(image)", "np.dstack([np.asarray(image), np.full(image.shape[:2], 255)])")]),
    ],
)  # fmt: skip
def test_a_wrong_overlay_is_called_by_its_mistake(check, misconception, changes):
    outcome = getattr(checks, f"overlay_{check}")(solution("overlay", *changes))
    assert (outcome.status, outcome.misconception) == (FAILED, misconception), outcome


@pytest.mark.parametrize(
    ("check", "misconception", "find"),
    [
        ("named", "not-a-module", lambda model: "layer4"),
        ("named", "not-a-module", lambda model: torch.nn.Conv2d(3, 8, 3)),
        ("named", "layer-after-collapse", lambda model: list(model.modules())[-1]),
        ("named", "layer-inside-block", lambda model: next(m for m in model.modules() if isinstance(m, torch.nn.Conv2d))),
        ("unseen", "layer-inside-block", lambda model: [m for m in model.modules() if isinstance(m, torch.nn.Conv2d)][-1]),
    ],
)  # fmt: skip
def test_a_wrong_layer_is_called_by_its_mistake(check, misconception, find):
    outcome = getattr(checks, f"target_layer_{check}")(find)
    assert (outcome.status, outcome.misconception) == (FAILED, misconception), outcome


def test_a_search_that_leaves_hooks_is_told():
    right = solution("target_layer", ("handle.remove()", "pass"))
    assert checks.target_layer_unseen(right).misconception == "hooks-left-behind"


def test_student_errors_never_escape():
    for fault in (NotImplementedError(), ZeroDivisionError("division by zero"), SystemExit(3)):

        def broken(*args, fault=fault):
            raise fault

        for name, argument in (("gradcam_flat", broken), ("overlay_blend", broken)):
            outcome = getattr(checks, name)(argument)
            assert outcome.status == FAILED
            assert outcome.rationale


def test_our_own_fault_is_not_held_against_the_student():
    @formative("part.what")
    def check(thing):
        """A title."""
        raise OSError("no space left")

    outcome = check(None)
    assert outcome.status == NOT_CHECKABLE
    assert "not your mistake" in outcome.help
    assert outcome.title == "A title."


def test_an_outcome_shows_as_text_and_escaped_html():
    outcome = checks.overlay_blend(lambda image, heat, alpha: "<script>")
    assert "overlay.blend failed" in repr(outcome)
    assert "<script>" not in outcome._repr_html_()
