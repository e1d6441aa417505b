# chaff: mean share for mean lift
# fails: summary.means
# says: mean-share-for-lift
# %% solution="summary"
def group_summary(table):
    rows = {}
    for group in ["TP", "TN", "FP", "FN"]:
        part = table[table["group"] == group]
        rows[group] = {
            "n": len(part),
            "mean_confidence": part["confidence"].mean(),
            "mean_disc_lift": part["disc_share"].mean(),
        }
    return pd.DataFrame.from_dict(rows, orient="index")
