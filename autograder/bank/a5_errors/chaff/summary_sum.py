# chaff: sums
# fails: summary.means
# says: sum-for-mean
# %% solution="summary"
def group_summary(table):
    rows = {}
    for group in ["TP", "TN", "FP", "FN"]:
        part = table[table["group"] == group]
        rows[group] = {
            "n": len(part),
            "mean_confidence": part["confidence"].sum(min_count=1),
            "mean_disc_lift": part["disc_lift"].sum(min_count=1),
        }
    return pd.DataFrame.from_dict(rows, orient="index")
