# chaff: fills empty groups with 0
# fails: summary.empty
# says: zero-for-empty-group
# %% solution="summary"
def group_summary(table):
    rows = {}
    for group in ["TP", "TN", "FP", "FN"]:
        part = table[table["group"] == group]
        rows[group] = {
            "n": len(part),
            "mean_confidence": part["confidence"].mean(),
            "mean_disc_lift": part["disc_lift"].mean(),
        }
    table = pd.DataFrame.from_dict(rows, orient="index")
    table[table["n"] == 0] = 0
    return table
