# chaff: goes with the true class
# fails: shortcut.planted, shortcut.none
# says: follows-the-label
# %% solution="shortcut"
def find_shortcut(table, attributes):
    seen = attributes.loc[table["image"]]
    truth = (table["true"] == "glaucoma").to_numpy()
    best, strength = None, 0.3
    for name in seen.columns:
        x = pd.factorize(seen[name], sort=True)[0]
        apart = abs(roc_auc_score(truth, x) - 0.5)
        if apart > strength:
            best, strength = name, apart
    return best
