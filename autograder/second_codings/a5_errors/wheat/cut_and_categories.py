# wheat: bands from pd.cut, groups and classes as categoricals, the index is the image's name; Mann-Whitney test AND effect size

# %% solution="error_table"
def error_table(names, y_true, p_glaucoma, heatmaps, disc_masks, threshold):
    df = pd.DataFrame({"image": names, "p_glaucoma": np.asarray(p_glaucoma, float)})
    kinds = ["normal", "glaucoma"]
    df["true"] = pd.Categorical.from_codes(np.asarray(y_true).astype(int), kinds)
    df["predicted"] = pd.Categorical.from_codes((df["p_glaucoma"] >= threshold).astype(int), kinds)
    df["confidence"] = df["p_glaucoma"].where(df["predicted"] == "glaucoma", 1 - df["p_glaucoma"])
    df["band"] = pd.cut(
        df["confidence"], [-np.inf, 0.7, 0.9, np.inf], right=False, labels=["low", "middle", "high"]
    )
    hit = (df["true"].astype(str) == df["predicted"].astype(str)).map({True: "T", False: "F"})
    sign = df["predicted"].astype(str).map({"glaucoma": "P", "normal": "N"})
    df["group"] = (hit + sign).astype(pd.CategoricalDtype(["TP", "TN", "FP", "FN"]))
    flat = np.asarray(heatmaps, float).reshape(len(df), -1)
    inside = np.asarray(disc_masks).reshape(len(df), -1).astype(float)
    total = flat.sum(1)
    total[total == 0] = np.nan
    df["disc_share"] = (flat * inside).sum(1) / total
    df["disc_lift"] = df["disc_share"] / inside.mean(1)
    return df.set_index("image", drop=False).rename_axis(None)


# %% solution="summary"
def group_summary(table):
    order = pd.CategoricalDtype(["TP", "TN", "FP", "FN"])
    grouped = table.assign(group=table["group"].astype(order)).groupby("group", observed=False)
    return pd.concat(
        [
            grouped.size().rename("n"),
            grouped["confidence"].mean().rename("mean_confidence"),
            grouped["disc_lift"].mean().rename("mean_disc_lift"),
        ],
        axis=1,
    )


# %% solution="shortcut"
from scipy.stats import mannwhitneyu


def find_shortcut(table, attributes):
    a = attributes.reindex(table["image"].to_numpy())
    called = table["predicted"].to_numpy() == "glaucoma"
    candidates = []
    for name in a:
        x = a[name]
        x = (
            x.astype(float).to_numpy()
            if x.dtype.kind in "biuf"
            else pd.factorize(x, sort=True)[0].astype(float)
        )
        weakest = 1.0
        worst_p = 0.0
        for c in ("normal", "glaucoma"):
            m = table["true"].to_numpy() == c
            up, down = x[m & called], x[m & ~called]
            u, p = mannwhitneyu(up, down, alternative="two-sided")
            weakest = min(weakest, abs(u / (len(up) * len(down)) - 0.5) * 2)
            worst_p = max(worst_p, p)
        if weakest > 0.5 and worst_p < 0.01:
            candidates.append((weakest, name))
    return max(candidates)[1] if candidates else None
