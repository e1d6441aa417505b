"""Each question comes with a network of its own: what an answer does to it stays with it."""

from __future__ import annotations

import hashlib

import pytest
import torch

from autograder.judge.bench import Bench, Cell
from autograder.judge.check import PARTIAL, PASSED, Verdict, run_check
from tests.autograder.conftest import SEED
from tests.autograder.submissions import solution

pytestmark = [pytest.mark.jail, pytest.mark.xdist_group("jail")]
WRECK = """
class GradCAM(GradCAM):
    def __call__(self, images, class_index):
        heat = super().__call__(images, class_index)
        heat = heat.clone()
        with torch.no_grad():
            for tensor in [*self.model.parameters(), *self.model.buffers()]:
                tensor.zero_()
        self.model.train().requires_grad_(False)
        images.zero_()
        torch.set_grad_enabled(False)
        torch.manual_seed(0)
        return heat
"""


def wrecked(text: str) -> str:
    """The solution, which then ruins the network, the images, grad mode and the random numbers."""
    return text + WRECK


LIE = """
import inspect


class GradCAM(GradCAM):
    busy = False

    def __init__(self, model, target_layer):
        super().__init__(model, target_layer)
        target_layer.register_forward_hook(lambda m, i, y: None if GradCAM.busy else y.detach())
        for level in inspect.stack():
            if level.frame.f_globals.get("__name__") == "probes":
                level.frame.f_globals["hooks"] = lambda net: 0

    def __call__(self, images, class_index):
        GradCAM.busy = True
        try:
            return super().__call__(images, class_index)
        finally:
            GradCAM.busy = False
"""


def verdicts(jails, source, assignment, secret, gradcam: str) -> dict[str, Verdict]:
    """Of the checks of ``gradcam``, with other text in that cell."""
    texts = {**source.locked_cells, "gradcam": gradcam}
    tools = (assignment.names, assignment.probes, assignment.recognise)
    with Bench(jails.take, [Cell(*item) for item in texts.items()], *tools) as bench:
        return {
            id: run_check(check, bench, secret, lambda id, bench: None)
            for id, check in assignment.checks.items()
            if id.startswith("gradcam.")
        }


@pytest.mark.slow
def test_a_ruined_network_is_nobody_elses(jails, source, assignment):
    secret = assignment.secret(SEED)
    before = digest(secret)
    found = verdicts(jails, source, assignment, secret, wrecked(solution("gradcam")))
    lost = {id for id, verdict in found.items() if verdict.outcome != PASSED}
    assert lost == {"gradcam.batch", "gradcam.state"}  # they ask one extractor several times
    assert digest(secret) == before


@pytest.mark.slow
def test_a_graph_that_stays_cut_shows_in_numbers_whatever_is_said_of_hooks(
    jails, source, assignment
):
    secret = assignment.secret(SEED)
    found = verdicts(jails, source, assignment, secret, solution("gradcam") + LIE)
    lost = {id: verdict for id, verdict in found.items() if verdict.outcome != PASSED}
    assert set(lost) == {"gradcam.state"}
    assert lost["gradcam.state"].outcome == PARTIAL
    assert lost["gradcam.state"].misconception == "hooks-left-behind"


def digest(secret: object) -> str:
    """SHA-256 over the judge's own networks."""
    sha = hashlib.sha256()
    for case in (*secret.values, *secret.contrast, secret.batch, secret.state, secret.frozen):
        for name, tensor in case.net.state_dict().items():
            sha.update(name.encode() + tensor.numpy().tobytes())
    return sha.hexdigest()


def test_the_digest_sees_a_change(assignment):
    secret = assignment.secret(SEED)
    before = digest(secret)
    with torch.no_grad():
        next(secret.state.net.parameters()).add_(1)
    assert digest(secret) != before
