# chaff: sum divided by the number of rows in numpy: one eye without heat turns the mean lift of its group into NaN
# fails: summary.means
# mistake: NaN lift propagates into the group mean

# %% solution="summary"
def group_summary(table):
    rows = []
    for g in ("TP", "TN", "FP", "FN"):
        eyes = table[table["group"] == g]
        n = len(eyes)
        c = eyes["confidence"].to_numpy(dtype=float).sum()
        lift = eyes["disc_lift"].to_numpy(dtype=float).sum()
        rows.append((n, c / n if n else np.nan, lift / n if n else np.nan))
    return pd.DataFrame(
        rows, index=["TP", "TN", "FP", "FN"], columns=["n", "mean_confidence", "mean_disc_lift"]
    )
