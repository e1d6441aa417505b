# chaff: asks which attribute goes with being WRONG; a shortcut makes false alarms with it and misses without it, so the two cancel
# fails: shortcut
# mistake: attribute against correct/wrong instead of against the call

# %% solution="shortcut"
def find_shortcut(table, attributes):
    wrong = (table["true"] != table["predicted"]).to_numpy()
    a = attributes.loc[table["image"]]
    found = {}
    for name in a.columns:
        col = a[name]
        x = (
            col.astype(float).to_numpy()
            if col.dtype.kind in "biuf"
            else pd.factorize(col)[0].astype(float)
        )
        found[name] = abs(roc_auc_score(wrong, x) - 0.5)
    top = max(found, key=found.get)
    return top if found[top] > 0.25 else None
