# chaff: right against wrong, pooled
# fails: shortcut.planted, shortcut.none
# says: never-names-one
# %% solution="shortcut"
def find_shortcut(table, attributes):
    seen = attributes.loc[table["image"]]
    wrong = (table["predicted"] != table["true"]).to_numpy()
    best, strength = None, 0.3
    for name in seen.columns:
        x = pd.factorize(seen[name], sort=True)[0]
        apart = abs(roc_auc_score(wrong, x) - 0.5)
        if apart > strength:
            best, strength = name, apart
    return best
