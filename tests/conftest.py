"""What every test folder shares."""

from __future__ import annotations

import functools
import os

import pytest
import torch

import glaucam

torch.set_num_threads(1)  # tests run side by side; threads that wait for a core are the slowest


QUICK = ["retinal_cnn", "retinal_hybrid", "resnet18", "densenet121", "efficientnet_b0", "vgg16"]


# The longest files, which run first: one that begins last would keep one core waiting.
LONGEST = ("test_bank.py", "test_embedded.py", "test_nbgrader_loop.py", "test_grade.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, everything else as it was."""
    order = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: order.get(item.path.name, len(order)))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """One thread for each test, whatever the one before it left: sums depend on it."""
    torch.set_num_threads(1)


@functools.cache
def registered_net(name: str) -> torch.nn.Module:
    """A registered network with two classes and random weights, built once for all tests."""
    torch.manual_seed(0)
    return glaucam.MODELS[name].build(2).eval()


@pytest.fixture
def build_net():
    """``build_net(name)``: a registered network that tests share and must leave as it was."""
    return registered_net


@pytest.fixture(params=QUICK)
def net(request: pytest.FixtureRequest) -> torch.nn.Module:
    """The registered networks in turn, but for those of 28 M parameters and more of tokens or
    channels-last maps, which tests/models/test_families.py runs at the size they are made for.
    """
    return registered_net(request.param)


@pytest.fixture
def eyes() -> torch.Tensor:
    """Two images that are not square, [2,3,64,96]."""
    return torch.randn(2, 3, 64, 96, generator=torch.Generator().manual_seed(1))


@pytest.fixture(scope="session")
def browser():
    """One headless Chromium for all tests of a process: Playwright's loop runs until it is left,
    and a second one cannot be entered meanwhile.
    """
    from demo_app.screenshot import chromium
    from glaucam.errors import InputError

    try:
        with chromium() as running:
            yield running
    except InputError as error:
        if os.environ.get("CI") == "true":
            pytest.fail(f"CI is meant to have a browser: {error}")
        pytest.skip(str(error))
