# chaff: only an AUROC far above .5 counts; an attribute that pushes towards normal (.05) is missed
# fails: shortcut.planted
# mistake: negative direction of the shortcut overlooked

# %% solution="shortcut"
def find_shortcut(table, attributes):
    order = attributes.loc[table["image"]]
    y = (table["predicted"] == "glaucoma").to_numpy()
    strata = [(table["true"] == c).to_numpy() for c in ("normal", "glaucoma")]
    for name in order.columns:
        column = order[name]
        x = (
            column.to_numpy(dtype=float)
            if column.dtype.kind in "biuf"
            else pd.factorize(column, sort=True)[0]
        )
        if all(roc_auc_score(y[s], x[s]) > 0.8 for s in strata):
            return name
    return None
