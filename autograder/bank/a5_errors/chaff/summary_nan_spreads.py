# chaff: one gap spoils the mean
# fails: summary.means
# says: nan-spreads
# %% solution="summary"
def group_summary(table):
    rows = {}
    for group in ["TP", "TN", "FP", "FN"]:
        part = table[table["group"] == group]
        rows[group] = {
            "n": len(part),
            "mean_confidence": part["confidence"].mean(),
            "mean_disc_lift": part["disc_lift"].mean(skipna=False),
        }
    return pd.DataFrame.from_dict(rows, orient="index")
