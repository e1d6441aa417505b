# chaff: the column's number
# fails: shortcut.planted, shortcut.none
# says: not-a-name
# %% solution="shortcut"
def find_shortcut(table, attributes):
    seen = attributes.loc[table["image"]]
    called = (table["predicted"] == "glaucoma").to_numpy()
    best, strength = None, 0.3
    for name in seen.columns:
        x = pd.factorize(seen[name], sort=True)[0]
        apart = []
        for label in ("normal", "glaucoma"):
            rows = (table["true"] == label).to_numpy()
            apart.append(abs(roc_auc_score(called[rows], x[rows]) - 0.5))
        if min(apart) > strength:
            best, strength = name, min(apart)
    return -1 if best is None else list(seen.columns).index(best)
