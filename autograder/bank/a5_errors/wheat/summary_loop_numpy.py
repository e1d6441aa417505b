# wheat: nanmean with its warning, n as float
# %% solution="summary"
def group_summary(table):
    data = []
    for g in ("FN", "FP", "TN", "TP"):
        rows = table.group.to_numpy() == g
        data.append([float(rows.sum()), np.nanmean(table.confidence.to_numpy()[rows]), np.nanmean(table.disc_lift.to_numpy()[rows])])
    return pd.DataFrame(data, columns=["n", "mean_confidence", "mean_disc_lift"], index=["FN", "FP", "TN", "TP"])
