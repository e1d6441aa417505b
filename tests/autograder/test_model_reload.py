"""Each question comes with a network of its own: what an answer does to it stays with it."""

from __future__ import annotations

import hashlib

import pytest
import torch

from autograder.judge.bench import Bench, Cell
from autograder.judge.check import PASSED, run_check
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


@pytest.mark.slow
def test_a_ruined_network_is_nobody_elses(jails, source, assignment):
    cells = [*(Cell(*item) for item in source.locked_cells.items())]
    cells += [Cell(id, solution(id)) for id in ("target_layer", "gradcam", "contrast", "overlay")]
    cells[-3] = Cell("gradcam", wrecked(solution("gradcam")))
    secret = assignment.secret(SEED)
    before = digest(secret)
    tools = (assignment.names, assignment.probes, assignment.recognise)
    with Bench(jails.take, cells, *tools) as bench:
        verdicts = {
            id: run_check(check, bench, secret, lambda id, bench: None)
            for id, check in assignment.checks.items()
            if id.startswith("gradcam.")
        }
    lost = {id for id, verdict in verdicts.items() if verdict.outcome != PASSED}
    assert lost == {"gradcam.batch", "gradcam.state"}  # they ask one extractor several times
    assert digest(secret) == before


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
