# chaff: unstack/fill: the means of an empty group become 0
# fails: summary.empty
# mistake: mean of an empty group is 0 instead of NaN

# %% solution="summary"
def group_summary(table):
    counts = table["group"].value_counts()
    means = table.groupby("group")[["confidence", "disc_lift"]].mean()
    out = {}
    for g in ["TP", "TN", "FP", "FN"]:
        n = int(counts.get(g, 0))
        out[g] = {
            "n": n,
            "mean_confidence": means["confidence"].get(g, 0.0),
            "mean_disc_lift": means["disc_lift"].get(g, 0.0),
        }
    return pd.DataFrame(out).T.astype({"n": int})
