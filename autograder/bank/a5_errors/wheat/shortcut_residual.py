# wheat: correlates what the truth leaves unexplained of p
# %% solution="shortcut"
def find_shortcut(table, attributes):
    t = table.join(attributes, on="image")
    left = t["p_glaucoma"] - t.groupby("true")["p_glaucoma"].transform("mean")
    strengths = {}
    for name in attributes:
        x = t[name].rank() if t[name].dtype.kind in "fi" else t[name].astype("category").cat.codes.astype(float)
        x = x - x.groupby(t["true"]).transform("mean")
        strengths[name] = abs(x.corr(left))
    strongest = pd.Series(strengths)
    return strongest.idxmax() if strongest.max() > 0.35 else None
