"""What two heatmaps and their contrast cost, in multiples of one inference, beside peer libraries.

    python benchmarks/heatmap_cost.py [--json] [--nets NET…] [--batch N…] [--repeats N]

Each measurement is a pair run back to back, an inference and then the explanation; a ratio is the
median over the pairs. Ours and the peers take turns, so that a busy moment hits all of them.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from pathlib import Path

import torch
from torch import nn
from tqdm import tqdm

import glaucam
from glaucam.models.target_layer import resolve_target_layer

sys.path.insert(0, str(Path(__file__).parent))
from peers import PEERS, Contender, ours

SLOW = 8.0  # seconds a contender may take per row before its repeats are cut, never below three
LEAST = 3
NETS = ("retinal_cnn", "resnet18", "densenet121", "efficientnet_b0", "vgg16")


def main(arguments: list[str] | None = None) -> None:
    options = parsed(arguments)
    torch.set_num_threads(options.threads)
    jobs = [(net, batch) for net in options.nets for batch in options.batch]
    rows = [
        cost(net, batch, options.repeats, options.size)
        for net, batch in tqdm(jobs, desc="heatmap cost", file=sys.stderr)
    ]
    print(json.dumps({"rows": rows}) if options.json else table(rows))


def parsed(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    parser.add_argument("--nets", nargs="+", default=NETS, metavar="NET")
    parser.add_argument("--batch", nargs="+", type=int, default=[1, 8], metavar="N")
    parser.add_argument("--repeats", type=int, default=25, help="pairs per contender (25)")
    parser.add_argument("--size", type=int, help="image side in px (each network's own)")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads(), help="for all")
    options = parser.parse_args(arguments)
    unknown = [net for net in options.nets if net not in glaucam.MODELS]
    if unknown:
        parser.error(f"unknown network {unknown[0]!r}: known are {', '.join(glaucam.MODELS)}")
    if min(*options.batch, options.repeats, options.size or 32, options.threads) < 1:
        parser.error("--batch, --repeats, --size and --threads take numbers from 1 up")
    return options


def cost(name: str, batch: int, repeats: int, size: int | None) -> dict:
    """One row: ratios of ours and of each peer, for one network and batch size."""
    torch.manual_seed(0)
    net = glaucam.MODELS[name].build(2).eval()
    side = size or glaucam.MODELS[name].input_size
    images = torch.randn(batch, 3, side, side)
    layer = resolve_target_layer(net, images)
    contenders = {"ours": ours, **PEERS}
    ratios = paired(
        {who: make(net, images, layer) for who, make in contenders.items()},
        lambda: inference(net, images),
        repeats,
    )
    median = {who: round(statistics.median(seen), 3) for who, seen in ratios.items()}
    return {"net": name, "batch": batch, "ours": median.pop("ours"), "peers": median}


def paired(
    contenders: dict[str, Contender], reference: Contender, repeats: int
) -> dict[str, list[float]]:
    """Seconds of each contender ÷ seconds of the reference just before it, after a warm-up."""
    for run in (reference, reference, *contenders.values()):
        run()
    ratios: dict[str, list[float]] = {who: [] for who in contenders}
    spent = dict.fromkeys(contenders, 0.0)
    for turn in range(repeats):
        for who, run in contenders.items():
            if turn < LEAST or spent[who] < SLOW:
                before, taken = seconds(reference), seconds(run)
                ratios[who].append(taken / before)
                spent[who] += before + taken
    return ratios


def inference(net: nn.Module, images: torch.Tensor) -> torch.Tensor:
    with torch.inference_mode():
        return net(images)


def seconds(run: Contender) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def table(rows: list[dict]) -> str:
    """The rows as text; the numbers are multiples of one inference."""
    names = ["net", "batch", "ours", *PEERS]
    cells = [
        [r["net"], str(r["batch"]), *map(ratio, (r["ours"], *r["peers"].values()))] for r in rows
    ]
    widths = [max(len(line[i]) for line in [names, *cells]) for i in range(len(names))]
    lines = [
        "  ".join(cell.rjust(w) for cell, w in zip(line, widths, strict=True))
        for line in [names, *cells]
    ]
    return "\n".join([*lines, "two heatmaps and their contrast ÷ one inference, median of pairs"])


def ratio(value: float) -> str:
    return f"{value:.2f}"


if __name__ == "__main__":
    main()
