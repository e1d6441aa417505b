# chaff: an empty group stops it
# fails: summary.empty
# says: empty-group-raises
# %% solution="summary"
def group_summary(table):
    rows = []
    for group in ["TP", "TN", "FP", "FN"]:
        part = table[table["group"] == group]
        lifts = [x for x in part["disc_lift"] if x == x]
        rows.append(
            {
                "group": group,
                "n": len(part),
                "mean_confidence": sum(part["confidence"]) / len(part),
                "mean_disc_lift": sum(lifts) / len(lifts) if lifts else float("nan"),
            }
        )
    return pd.DataFrame(rows).set_index("group")
