# chaff: sums up bands instead of groups
# fails: summary
# says: groups-missing
# %% solution="summary"
def group_summary(table):
    rows = {}
    for group in ["low", "middle", "high"]:
        part = table[table["band"] == group]
        rows[group] = {
            "n": len(part),
            "mean_confidence": part["confidence"].mean(),
            "mean_disc_lift": part["disc_lift"].mean(),
        }
    return pd.DataFrame.from_dict(rows, orient="index")
