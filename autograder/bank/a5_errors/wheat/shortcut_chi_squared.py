# wheat: chi-squared on median splits, within each class, at 5 %
# %% solution="shortcut"
from scipy.stats import chi2_contingency


def find_shortcut(table, attributes):
    facts = attributes.reindex(table["image"]).reset_index(drop=True)
    table = table.reset_index(drop=True)
    best, least = None, 0.05
    for name in facts:
        x = facts[name]
        split = x > x.median() if x.dtype.kind in "fiu" else x == x.iloc[0]
        worst = max(
            chi2_contingency(pd.crosstab(split[table.true == c], table.predicted[table.true == c]))[1]
            for c in ("normal", "glaucoma")
        )
        if worst < least:
            best, least = name, worst
    return best
