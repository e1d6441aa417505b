# chaff: new labels on alphabetical rows
# fails: summary.groups, summary.means, summary.empty
# says: group-rows-swapped
# %% solution="summary"
def group_summary(table):
    counted = table.assign(group=pd.Categorical(table["group"], ["FN", "FP", "TN", "TP"]))
    groups = counted.groupby("group", observed=False)
    found = pd.DataFrame(
        {"n": groups.size(), "mean_confidence": groups["confidence"].mean(), "mean_disc_lift": groups["disc_lift"].mean()}
    )
    found.index = ["TP", "TN", "FP", "FN"]
    return found
