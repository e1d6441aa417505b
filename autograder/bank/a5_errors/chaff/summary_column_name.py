# chaff: confidence instead of mean_confidence
# fails: summary.means, summary.empty
# says: missing-column
# %% solution="summary"
def group_summary(table):
    rows = {}
    for group in ["TP", "TN", "FP", "FN"]:
        part = table[table["group"] == group]
        rows[group] = {
            "n": len(part),
            "confidence": part["confidence"].mean(),
            "mean_disc_lift": part["disc_lift"].mean(),
        }
    return pd.DataFrame.from_dict(rows, orient="index")
