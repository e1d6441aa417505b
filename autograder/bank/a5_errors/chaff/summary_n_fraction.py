# chaff: n is a rate
# fails: summary.groups
# says: n-as-fraction
# %% solution="summary"
def group_summary(table):
    rows = {}
    for group in ["TP", "TN", "FP", "FN"]:
        part = table[table["group"] == group]
        rows[group] = {
            "n": len(part) / len(table),
            "mean_confidence": part["confidence"].mean(),
            "mean_disc_lift": part["disc_lift"].mean(),
        }
    return pd.DataFrame.from_dict(rows, orient="index")
