# chaff: groupby without reindex
# fails: summary.empty
# says: empty-group-left-out
# %% solution="summary"
def group_summary(table):
    groups = table.groupby("group")
    return pd.DataFrame(
        {"n": groups.size(), "mean_confidence": groups["confidence"].mean(), "mean_disc_lift": groups["disc_lift"].mean()}
    )
