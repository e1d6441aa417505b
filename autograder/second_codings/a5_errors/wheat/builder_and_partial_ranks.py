# wheat: a builder object that fills the table by names; the summary with pivot_table and size; ranks within the true class, one AUROC from their means

# %% solution="error_table"
class Table:
    """Collects the columns one after the other; each column has its own method."""

    names_of_classes = {0: "normal", 1: "glaucoma"}

    def __init__(self, names, y_true, p_glaucoma, threshold):
        self.frame = pd.DataFrame({"image": list(names)})
        self.y = [int(v) for v in y_true]
        self.p = [float(v) for v in p_glaucoma]
        self.t = float(threshold)

    def decide(self):
        self.call = [int(not p < self.t) for p in self.p]
        self.frame["true"] = [self.names_of_classes[v] for v in self.y]
        self.frame["predicted"] = [self.names_of_classes[v] for v in self.call]
        letters = [("TN", "FP"), ("FN", "TP")]
        self.frame["group"] = [letters[a][b] for a, b in zip(self.y, self.call)]
        return self

    def trust(self):
        self.frame["p_glaucoma"] = self.p
        # |p - (1 - call)| is p for called glaucoma and 1 - p for called normal
        sure = [abs((1 - b) - p) for p, b in zip(self.p, self.call)]
        self.frame["confidence"] = sure
        self.frame["band"] = [["low", "middle", "high"][(c >= 0.7) + (c >= 0.9)] for c in sure]
        return self

    def look(self, heat, mask):
        heat, mask = np.asarray(heat, dtype=float), np.asarray(mask, dtype=bool)
        self.frame["disc_share"] = np.nan
        self.frame["disc_lift"] = np.nan
        warm = np.flatnonzero(heat.max(axis=(1, 2)) > 0)
        for i in warm:
            share = (heat[i] / heat[i].sum())[mask[i]].sum()
            self.frame.loc[i, "disc_share"] = share
            self.frame.loc[i, "disc_lift"] = share / np.mean(mask[i])
        return self


def error_table(names, y_true, p_glaucoma, heatmaps, disc_masks, threshold):
    return (
        Table(names, y_true, p_glaucoma, threshold)
        .decide()
        .trust()
        .look(heatmaps, disc_masks)
        .frame
    )


# %% solution="summary"
def group_summary(table):
    keys = ["TP", "TN", "FP", "FN"]
    means = table.pivot_table(
        index="group",
        values=["confidence", "disc_lift"],
        aggfunc="mean",
        observed=True,
        dropna=False,
    )
    means = means.reindex(index=keys, columns=["confidence", "disc_lift"])
    means.columns = ["mean_confidence", "mean_disc_lift"]
    means.insert(0, "n", [int((table["group"] == k).sum()) for k in keys])
    return means


# %% solution="shortcut"
def find_shortcut(table, attributes):
    data = attributes[attributes.index.isin(table["image"])].copy()
    sides = table.set_index("image").loc[data.index, ["true", "predicted"]]
    verdict = {}
    for name in data.columns:
        code = (
            data[name]
            if data[name].dtype.kind in "fiu"
            else pd.Series(pd.factorize(data[name])[0], data.index)
        )
        rank = code.groupby(sides["true"].to_numpy()).rank()
        mean = (
            rank.groupby([sides["true"].to_numpy(), sides["predicted"].to_numpy()]).mean().unstack()
        )
        size = sides.groupby("true").size()
        # mean ranks differ by n * (AUROC - .5)
        verdict[name] = ((mean["glaucoma"] - mean["normal"]) / size + 0.5).to_numpy()
    guilty = [k for k, v in verdict.items() if (v > 0.75).all() or (v < 0.25).all()]
    guilty.sort(key=lambda k: -abs(verdict[k] - 0.5).min())
    return guilty[0] if guilty else None
