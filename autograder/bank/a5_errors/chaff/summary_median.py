# chaff: medians
# fails: summary.means
# says: median-for-mean
# %% solution="summary"
def group_summary(table):
    rows = {}
    for group in ["TP", "TN", "FP", "FN"]:
        part = table[table["group"] == group]
        rows[group] = {
            "n": len(part),
            "mean_confidence": part["confidence"].median(),
            "mean_disc_lift": part["disc_lift"].median(),
        }
    return pd.DataFrame.from_dict(rows, orient="index")
