# wheat: difference of means in units of the spread
# %% solution="shortcut"
def find_shortcut(table, attributes):
    facts = attributes.loc[table["image"]].reset_index(drop=True)
    t = table.reset_index(drop=True)
    found = {}
    for name in facts:
        x = pd.Series(pd.factorize(facts[name], sort=True)[0], dtype=float)
        ds = []
        for c in ("normal", "glaucoma"):
            a = x[(t.true == c) & (t.predicted == "glaucoma")]
            b = x[(t.true == c) & (t.predicted == "normal")]
            ds.append(abs(a.mean() - b.mean()) / np.sqrt((a.var() + b.var()) / 2 + 1e-9))
        found[name] = sum(ds) / 2
    name = max(found, key=found.get)
    return str(name) if found[name] > 1 else None
