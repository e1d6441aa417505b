# chaff: n is count() of the lift column: eyes without heat are not counted
# fails: summary
# mistake: n counts non-NaN rows only

# %% solution="summary"
def group_summary(table):
    g = table.groupby("group")
    s = pd.DataFrame(
        {
            "n": g["disc_lift"].count(),
            "mean_confidence": g["confidence"].mean(),
            "mean_disc_lift": g["disc_lift"].mean(),
        }
    )
    s = s.reindex(index=["TP", "TN", "FP", "FN"])
    s.loc[s["n"].isna(), "n"] = 0
    return s
