"""A slow training run in a process of its own, to be killed: python killed_run.py STATE."""

import sys
import time
from pathlib import Path

import torch

from glaucam.training import fit as fit_module
from glaucam.training.examples import Examples
from glaucam.training.recipe import Recipe


def spots(n: int, seed: int) -> Examples:
    """Images [n,3,16,16] of noise; class 1 has a bright spot: learnt in a few steps."""
    generator = torch.Generator().manual_seed(seed)
    images, labels = torch.randn(n, 3, 16, 16, generator=generator), torch.arange(n) % 2
    images[labels == 1, :, 5:10, 5:10] += 1.0
    return Examples(images, labels, ("normal", "glaucoma"))


RECIPE = Recipe(epochs=6, batch_size=16, learning_rate=1e-3, seed=3)


def main(state: str) -> None:
    torch.set_num_threads(1)  # as the tests do
    one_epoch = fit_module.train_one_epoch

    def slowly(*arguments):
        time.sleep(1)  # so that the killer can strike between two epochs
        return one_epoch(*arguments)

    fit_module.train_one_epoch = slowly
    fit_module.fit(spots(70, 0), spots(30, 1), RECIPE, Path(state), progress=False)


if __name__ == "__main__":
    main(sys.argv[1])
