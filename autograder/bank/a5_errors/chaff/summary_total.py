# chaff: a line of totals
# fails: summary.groups
# says: rows-beyond-four
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
    rows["all"] = {"n": len(table), "mean_confidence": table["confidence"].mean(), "mean_disc_lift": table["disc_lift"].mean()}
    return pd.DataFrame.from_dict(rows, orient="index")
