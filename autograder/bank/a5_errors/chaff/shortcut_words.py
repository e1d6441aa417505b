# chaff: takes words for numbers
# fails: shortcut
# says: words-not-numbers
# %% solution="shortcut"
def find_shortcut(table, attributes):
    seen = attributes.loc[table["image"]]
    called = (table["predicted"] == "glaucoma").to_numpy()
    best, strength = None, 0.3
    for name in seen.columns:
        x = seen[name].to_numpy().astype(float)
        apart = []
        for label in ("normal", "glaucoma"):
            rows = (table["true"] == label).to_numpy()
            apart.append(abs(roc_auc_score(called[rows], x[rows]) - 0.5))
        if min(apart) > strength:
            best, strength = name, min(apart)
    return best
