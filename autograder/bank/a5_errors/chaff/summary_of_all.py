# chaff: the mean of all in every group
# fails: summary.means
# says: mean-of-all
# %% solution="summary"
def group_summary(table):
    rows = {}
    for group in ["TP", "TN", "FP", "FN"]:
        part = table[table["group"] == group]
        rows[group] = {
            "n": len(part),
            "mean_confidence": table["confidence"].mean() if len(part) else None,
            "mean_disc_lift": table["disc_lift"].mean() if len(part) else None,
        }
    return pd.DataFrame.from_dict(rows, orient="index")
