# chaff: the attribute that goes with the predicted class
# fails: shortcut.planted, shortcut.none
# says: follows-the-label
# %% solution="shortcut"
def find_shortcut(table, attributes):
    seen = attributes.loc[table["image"]]
    called = (table["predicted"] == "glaucoma").to_numpy()
    strength = {}
    for name in seen.columns:
        x = pd.factorize(seen[name], sort=True)[0]
        strength[name] = abs(roc_auc_score(called, x) - 0.5)
    best = max(strength, key=strength.get)
    return best if strength[best] > 0.15 else None
