# chaff: FN counted as positives too: groups overlap
# fails: summary
# says: groups-overlap

# %% solution="summary"
def group_summary(table):
    rows = {}
    for group in ["FN", "FP", "TN", "TP"]:
        part = table[table["group"].str.endswith(group[1])]
        lifts = [v for v in part["disc_lift"] if v == v]
        rows[group] = {"n": len(part), "mean_confidence": sum(part["confidence"]) / len(part) if len(part) else np.nan, "mean_disc_lift": sum(lifts) / len(lifts) if lifts else np.nan}
    return pd.DataFrame.from_dict(rows, orient="index")
