# chaff: always names the strongest
# fails: shortcut.none
# says: always-names-one
# %% solution="shortcut"
def find_shortcut(table, attributes):
    seen = attributes.loc[table["image"]]
    called = (table["predicted"] == "glaucoma").to_numpy()
    best, strength = None, -1
    for name in seen.columns:
        x = pd.factorize(seen[name], sort=True)[0]
        apart = []
        for label in ("normal", "glaucoma"):
            rows = (table["true"] == label).to_numpy()
            apart.append(abs(roc_auc_score(called[rows], x[rows]) - 0.5))
        if min(apart) > strength:
            best, strength = name, min(apart)
    return best
