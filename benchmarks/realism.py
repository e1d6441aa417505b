"""How easily a dozen plain numbers tell drawn eyes from photographed ones.

    python benchmarks/realism.py [--data FOLDER]… [--n N] [--json]

An ordinary classifier (random forest, five folds) on colour, contrast, sharpness, spectrum, vessel
density and symmetry of disc crops, phantoms against the photos of each folder. AUROC .5: it cannot
tell; 1: at a glance. The last column names the number that tells most by itself.
"""

from __future__ import annotations

import argparse
import json
import sys

import numpy as np
from disc_crops import crop_parameters
from PIL import Image
from scipy import ndimage
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from transfer import add_data, crop_of, folders_of

from glaucam.data import ClassFolder, PhantomFundus

SIDE = 96  # px at which all are compared, so that the size of a file tells nothing
NAMES = ("red", "green", "blue", "red spread", "green spread", "blue spread", "green ÷ red",
         "sharpness", "fine ÷ coarse", "dark lines", "middle ÷ whole", "left-right")  # fmt: skip


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    add_data(parser)
    parser.add_argument("--n", type=int, default=300, help="phantoms (300)")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    options = parser.parse_args(arguments)
    data = PhantomFundus(options.n, 9003, crop_parameters(128))
    drawn = np.stack([statistics(data.image(i)) for i in range(len(data))])
    rows = {}
    for folder in folders_of(options, parser):
        photos = ClassFolder(folder)
        real = np.stack([statistics(crop_of(photos.image(i))) for i in range(len(photos))])
        rows[folder.name] = told_apart(drawn, real)
    print(json.dumps(rows) if options.json else table(rows))


def statistics(crop: np.ndarray) -> np.ndarray:
    """The dozen of NAMES of a disc crop uint8 [H,W,3]."""
    small = Image.fromarray(crop).resize((SIDE, SIDE), Image.Resampling.BOX)
    rgb = np.asarray(small, float) / 255
    green, quarter = rgb[..., 1], SIDE // 4
    fine = green - ndimage.gaussian_filter(green, 1)
    coarse = ndimage.gaussian_filter(green, 1) - ndimage.gaussian_filter(green, 4)
    middle = green[quarter:-quarter, quarter:-quarter].mean() / max(green.mean(), 1e-3)
    mirrored = np.corrcoef(green.ravel(), green[:, ::-1].ravel())[0, 1]
    lines = (coarse < -0.03).mean()
    return np.array([
        *rgb.mean(axis=(0, 1)), *rgb.std(axis=(0, 1)), green.mean() / max(rgb[..., 0].mean(), 1e-3),
        np.abs(ndimage.laplace(green)).mean(), fine.std() / max(coarse.std(), 1e-4), lines, middle,
        np.nan_to_num(mirrored),
    ])  # fmt: skip


def told_apart(drawn: np.ndarray, real: np.ndarray) -> dict:
    X, y = np.concatenate([drawn, real]), np.repeat([0, 1], [len(drawn), len(real)])
    forest = RandomForestClassifier(300, class_weight="balanced", random_state=0)
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    score = cross_val_predict(forest, X, y, cv=folds, method="predict_proba")[:, 1]
    alone = [max(a, 1 - a) for a in (roc_auc_score(y, x) for x in X.T)]
    best = int(np.argmax(alone))
    return {
        "drawn": len(drawn),
        "photos": len(real),
        "auroc": float(roc_auc_score(y, score)),
        "most_telling": NAMES[best],
        "its_auroc": float(alone[best]),
        "alone": {name: round(float(a), 3) for name, a in zip(NAMES, alone, strict=True)},
    }


def table(rows: dict[str, dict]) -> str:
    lines = [f"{'':22s}{'drawn':>6s}{'photos':>8s}{'AUROC':>8s}  most telling"]
    for name, row in rows.items():
        lines.append(
            f"{name:22s}{row['drawn']:6d}{row['photos']:8d}{row['auroc']:8.3f}"
            f"  {row['most_telling']} ({row['its_auroc']:.2f})"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
