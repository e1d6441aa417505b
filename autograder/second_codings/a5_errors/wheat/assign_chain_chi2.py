# wheat: one chain of assign with lambdas, masked arrays for the heat; the summary by merging with a template; difference of proportions in 2x2 tables (median split, chi-square) within each class

# %% solution="error_table"
def error_table(names, y_true, p_glaucoma, heatmaps, disc_masks, threshold):
    heat = np.asarray(heatmaps, dtype=np.float64)
    mask = np.asarray(disc_masks, dtype=bool)
    share = np.ma.masked_equal(heat.sum(axis=(1, 2)), 0) ** -1.0 * np.where(mask, heat, 0).sum(
        axis=(1, 2)
    )
    return (
        pd.DataFrame(
            {"image": names, "y": np.asarray(y_true), "p_glaucoma": np.asarray(p_glaucoma, float)}
        )
        .assign(
            called=lambda d: d.p_glaucoma.ge(threshold),
            true=lambda d: d.y.map({0: "normal", 1: "glaucoma"}),
            predicted=lambda d: d.called.map({False: "normal", True: "glaucoma"}),
            confidence=lambda d: d.called * d.p_glaucoma + (~d.called) * (1 - d.p_glaucoma),
            group=lambda d: [
                f"{'TF'[t != q]}{'NP'[q == 'glaucoma']}" for t, q in zip(d.true, d.predicted)
            ],
            band=lambda d: np.where(
                d.confidence.ge(0.9), "high", np.where(d.confidence.lt(0.7), "low", "middle")
            ),
            disc_share=np.ma.filled(share, np.nan),
            disc_lift=lambda d: d.disc_share / mask.reshape(len(mask), -1).mean(axis=1),
        )
        .drop(columns=["y", "called"])
    )


# %% solution="summary"
def group_summary(table):
    template = pd.DataFrame({"group": ["TP", "TN", "FP", "FN"]})
    merged = template.merge(table.astype({"group": str}), on="group", how="left")
    by = merged.groupby("group", sort=False)
    return pd.DataFrame(
        {
            "n": by["image"].count(),
            "mean_confidence": by["confidence"].mean(),
            "mean_disc_lift": by["disc_lift"].mean(),
        }
    )


# %% solution="shortcut"
from scipy.stats import chi2_contingency


def find_shortcut(table, attributes):
    both = table.merge(
        attributes, left_on="image", right_index=True, how="inner", suffixes=("", "_attr")
    )
    scores = {}
    for name in attributes.columns:
        column = both[name + "_attr"] if name in table.columns else both[name]
        codes = pd.Series(pd.factorize(column, sort=True)[0], index=both.index)
        gaps, ps = [], []
        for c in ("normal", "glaucoma"):
            m = both["true"] == c
            x, call = codes[m], both.loc[m, "predicted"] == "glaucoma"
            high = x > (0.5 if codes.nunique() == 2 else x.median())
            counts = pd.crosstab(call, high)
            if counts.shape != (2, 2):
                gaps.append(0.0)
                ps.append(1.0)
                continue
            gaps.append(high[call].mean() - high[~call].mean())
            ps.append(chi2_contingency(counts.to_numpy(), correction=False)[1])
        if max(ps) < 0.2 and gaps[0] * gaps[1] > 0:
            scores[name] = min(map(abs, gaps))
    scores = pd.Series(scores, dtype=float)
    scores = scores[scores > 0.36]
    return None if scores.empty else str(scores.idxmax())
