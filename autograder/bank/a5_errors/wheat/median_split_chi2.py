# wheat: chi-squared on a median split, within each class

# %% solution="shortcut"
from scipy.stats import chi2_contingency
def find_shortcut(table, attributes):
    t = table.set_index("image").join(attributes)
    best, low = None, 0.4
    for name in attributes:
        x = t[name]
        if pd.api.types.is_numeric_dtype(x) and x.nunique() > 2:
            x = x > x.groupby(t["true"]).transform("median")
        vs = []
        for c in ("normal", "glaucoma"):
            tab = pd.crosstab(x[t["true"] == c], t.loc[t["true"] == c, "predicted"])
            if tab.shape != (2, 2):
                vs.append(0.0); continue
            vs.append(np.sqrt(chi2_contingency(tab, correction=False)[0] / tab.values.sum()))
        if min(vs) > low:
            best, low = name, min(vs)
    return best
