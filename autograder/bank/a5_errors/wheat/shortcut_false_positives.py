# wheat: compares FP with TN by rank test, with Bonferroni
# %% solution="shortcut"
from scipy.stats import mannwhitneyu


def find_shortcut(table, attributes):
    t = table.set_index("image").join(attributes)
    p = {}
    for name in attributes:
        x = t[name].astype("category").cat.codes if not pd.api.types.is_float_dtype(t[name]) else t[name]
        p[name] = mannwhitneyu(x[t.group == "FP"], x[t.group == "TN"]).pvalue
    best = min(p, key=p.get)
    return best if p[best] < 0.01 / len(p) else None
