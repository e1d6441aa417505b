# wheat: a dataclass with properties for each row; the table sorted by confidence with its old index; the summary from a dict of lists; Cliff's delta by comparing all pairs

# %% solution="error_table"
from dataclasses import dataclass


@dataclass
class Eye:
    image: str
    y: int
    p: float
    heat: np.ndarray
    disc: np.ndarray
    t: float

    CLASSES = ("normal", "glaucoma")

    @property
    def called(self):
        return int(self.p >= self.t)

    @property
    def confidence(self):
        return (1 - self.p, self.p)[self.called]

    @property
    def group(self):
        return {(0, 0): "TN", (0, 1): "FP", (1, 0): "FN", (1, 1): "TP"}[self.y, self.called]

    @property
    def band(self):
        return "low" if self.confidence < 0.7 else "high" if self.confidence >= 0.9 else "middle"

    @property
    def share(self):
        return self.heat[self.disc].sum() / self.heat.sum() if self.heat.any() else float("nan")

    def row(self):
        return (
            self.image,
            self.CLASSES[self.y],
            self.CLASSES[self.called],
            self.p,
            self.confidence,
            self.group,
            self.band,
            self.share,
            self.share / self.disc.mean(),
        )


def error_table(names, y_true, p_glaucoma, heatmaps, disc_masks, threshold):
    eyes = [
        Eye(n, int(y), float(p), np.asarray(h, float), np.asarray(d, bool), threshold)
        for n, y, p, h, d in zip(names, y_true, p_glaucoma, heatmaps, disc_masks)
    ]
    columns = "image true predicted p_glaucoma confidence group band disc_share disc_lift".split()
    return pd.DataFrame([e.row() for e in eyes], columns=columns).sort_values(
        "confidence", ascending=False
    )


# %% solution="summary"
def group_summary(table):
    summary = {"n": [], "mean_confidence": [], "mean_disc_lift": []}
    groups = ("TP", "TN", "FP", "FN")
    for g in groups:
        mine = table.loc[table["group"].eq(g)]
        summary["n"].append(mine.shape[0])
        summary["mean_confidence"].append(mine["confidence"].mean())
        summary["mean_disc_lift"].append(mine["disc_lift"].mean(skipna=True))
    return pd.DataFrame(summary, index=pd.Index(groups, name="group"))


# %% solution="shortcut"
def find_shortcut(table, attributes):
    lookup = {image: i for i, image in enumerate(attributes.index)}
    order = [lookup[image] for image in table["image"]]
    calls = np.array([c == "glaucoma" for c in table["predicted"]])
    truth = np.array([c == "glaucoma" for c in table["true"]])

    def delta(x, y):
        d = x[:, None] - y[None, :]
        return np.sign(d).mean()

    result = {}
    for name in attributes.columns:
        raw = attributes[name].tolist()
        raw = [raw[i] for i in order]
        if isinstance(raw[0], str):
            words = sorted(set(raw))
            raw = [words.index(r) for r in raw]
        x = np.array(raw, dtype=float)
        deltas = [delta(x[(truth == k) & calls], x[(truth == k) & ~calls]) for k in (False, True)]
        if abs(sum(deltas)) == sum(map(abs, deltas)):  # they agree in direction
            result[name] = min(map(abs, deltas))
    strong = {k: v for k, v in result.items() if v >= 0.5}
    return max(strong, key=strong.get) if strong else None
