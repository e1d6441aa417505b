# wheat: pandas' nullable dtypes, further columns beside the nine; the summary transposed from a dict of Series; Kolmogorov-Smirnov within each class

# %% solution="error_table"
def error_table(names, y_true, p_glaucoma, heatmaps, disc_masks, threshold):
    p = pd.Series(np.asarray(p_glaucoma, float))
    y = pd.Series(np.asarray(y_true).astype(int))
    heat, mask = np.asarray(heatmaps, float), np.asarray(disc_masks, bool)
    table = pd.DataFrame({"image": pd.Series(list(names), dtype="string")})
    table["true"] = y.map(["normal", "glaucoma"].__getitem__)
    table["predicted"] = p.map(lambda v: "glaucoma" if v >= threshold else "normal")
    table["p_glaucoma"] = p
    table["confidence"] = pd.Series(
        [v if q == "glaucoma" else 1 - v for v, q in zip(p, table["predicted"])]
    )
    table["group"] = (table["true"] == table["predicted"]).map({True: "T", False: "F"}) + (
        table["predicted"] == "glaucoma"
    ).map({True: "P", False: "N"})
    table["band"] = np.array(["low", "middle", "high"])[
        np.digitize(table["confidence"], [0.7, 0.9])
    ]
    table["heat"] = heat.sum((1, 2))
    table["disc_area"] = mask.mean((1, 2))
    table["correct"] = table["true"] == table["predicted"]
    inside = pd.Series([h[m].sum() for h, m in zip(heat, mask)])
    table["disc_share"] = inside.div(table["heat"].replace(0, np.nan))
    table["disc_lift"] = table["disc_share"] / table["disc_area"]
    return table.convert_dtypes()


# %% solution="summary"
def group_summary(table):
    parts = {g: table[table["group"] == g] for g in ("TP", "TN", "FP", "FN")}
    return pd.DataFrame(
        {
            g: pd.Series(
                {
                    "n": len(t),
                    "mean_confidence": t["confidence"].mean(),
                    "mean_disc_lift": t["disc_lift"].dropna().mean(),
                }
            )
            for g, t in parts.items()
        }
    ).T


# %% solution="shortcut"
from scipy.stats import ks_2samp


def find_shortcut(table, attributes):
    t = table.set_index("image")
    a = attributes.reindex(t.index)
    suspects = []
    for name, column in a.items():
        if column.dtype == object or isinstance(
            column.dtype, (pd.StringDtype, pd.CategoricalDtype)
        ):
            column = pd.Series(pd.factorize(column)[0], index=column.index)
        column = column.astype(float)
        gaps = []
        for c in ("normal", "glaucoma"):
            one = column[(t["true"] == c) & (t["predicted"] == "glaucoma")]
            other = column[(t["true"] == c) & (t["predicted"] == "normal")]
            gaps.append(ks_2samp(one, other).statistic)
        suspects.append((min(gaps), name))
    gap, name = max(suspects)
    if gap > 0.45:
        return name
    return None
