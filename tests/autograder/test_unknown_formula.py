"""A formula that the judge does not know costs `gradcam.values`, and only what else is wrong."""

from __future__ import annotations

import pytest

from autograder.verify import Report, Row, verify

GRADCAM = """
# chaff: a formula of its own
# fails: FAILS
# says: SAYS
# %% solution="gradcam"
class GradCAM:
    def __init__(self, model, target_layer):
        self.model = model
        self.handle = target_layer.register_forward_hook(self.keep)

    def keep(self, module, inputs, output):
        self.A = output if INPLACE else output.clone()
        return None if INPLACE else self.A.clone()

    def __call__(self, images, class_index):
        self.model.train(MODE)
        with torch.enable_grad():
            y = self.model(images.clone().requires_grad_(UNFROZEN))
            score = y[:, 1] - y[:, 0] if class_index == "contrast" else y[:, class_index]
            (dA,) = torch.autograd.grad(score.sum(), self.A)
        A = self.A.detach()
        alpha = ALPHA
        L = F.relu((alpha * A).sum(1, keepdim=True))
        L = L / (L.amax(AXES, keepdim=True) + EPS)
        L = BEND
        return F.interpolate(L, size=images.shape[2:], mode="bilinear")[:, 0]

    def remove(self):
        self.handle.remove()

# %% solution="contrast"
def contrast_heatmap(model, target_layer, images):
    extractor = GradCAM(model, target_layer)
    try:
        return extractor(images, "contrast")
    finally:
        extractor.remove()
""".lstrip()
PLAIN = {
    "FAILS": "gradcam.values",
    "SAYS": "unknown",
    "ALPHA": "dA.mean((2, 3), keepdim=True)",
    "BEND": "L",
    "AXES": "(2, 3)",
    "EPS": "1e-12",
    "MODE": "False",
    "INPLACE": "False",
    "UNFROZEN": "True",
}
OWN = {
    "median of the slopes": {"ALPHA": "dA.flatten(2).median(2).values[..., None, None]"},
    "cubed weights": {"ALPHA": "(1e3 * dA.mean((2, 3), keepdim=True)) ** 3"},
    "slopes of the left half": {"ALPHA": "dA[..., : dA.shape[3] // 2].mean((2, 3), keepdim=True)"},
    "a logarithm": {"BEND": "torch.log1p(9 * L) / torch.log(torch.tensor(10.0))"},
    "a cosine": {"BEND": "(1 - torch.cos(3 * L)) / 2"},
}
WORSE = {
    "gradcam.batch": ("depends-on-batch", {"AXES": "(0, 2, 3)"}),
    "gradcam.faint": ("absolute-eps", {"EPS": "1e-6"}),
    "gradcam.state": ("no-eval", {"MODE": "self.model.training"}),
    "gradcam.inplace": ("overwritten-in-place", {"INPLACE": "True"}),
    "gradcam.frozen": ("frozen-network", {"UNFROZEN": "False"}),
}


def worse(fails: str) -> dict[str, str]:
    """A cosine, and one thing more."""
    says, more = WORSE[fails]
    return {**OWN["a cosine"], **more, "FAILS": f"gradcam.values, {fails}", "SAYS": says}


@pytest.fixture(scope="module")
def rows(bubblewrap: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Row]:
    folder = tmp_path_factory.mktemp("bank") / "chaff"
    folder.mkdir()
    entries = OWN | {fails: worse(fails) for fails in WORSE}
    for name, changed in entries.items():
        text = GRADCAM
        for word, code in {**PLAIN, **changed}.items():
            text = text.replace(word, code)
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    *_, report = verify("a3_gradcam", folder.parent, seed=4, workers=1)
    assert isinstance(report, Report)
    return {row.name: row for row in report.entries}


@pytest.mark.jail
@pytest.mark.parametrize("name", OWN)
def test_it_is_paid_once(rows: dict[str, Row], name: str) -> None:
    row = rows[name]
    assert (row.failed, row.misconception) == (["gradcam.values"], "unknown")


@pytest.mark.jail
@pytest.mark.parametrize("fails", WORSE)
def test_what_else_is_wrong_is_still_found_and_named(rows: dict[str, Row], fails: str) -> None:
    row = rows[fails]
    assert (row.why, row.failed) == ("", ["gradcam.values", fails])
    assert row.misconception == WORSE[fails][0]
