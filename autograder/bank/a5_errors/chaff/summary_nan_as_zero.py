# chaff: gaps count as 0
# fails: summary.means
# says: nan-counted-as-zero
# %% solution="summary"
def group_summary(table):
    rows = {}
    for group in ["TP", "TN", "FP", "FN"]:
        part = table[table["group"] == group]
        rows[group] = {
            "n": len(part),
            "mean_confidence": part["confidence"].mean(),
            "mean_disc_lift": part["disc_lift"].fillna(0).mean() if len(part) else float("nan"),
        }
    return pd.DataFrame.from_dict(rows, orient="index")
