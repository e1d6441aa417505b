# chaff: compares called and uncalled eyes of both true classes together: the confounder is accused
# fails: shortcut
# mistake: correlation with the calls, not within the true class

# %% solution="shortcut"
def find_shortcut(table, attributes):
    a = attributes.loc[table["image"]]
    a = a.apply(
        lambda col: (
            col.astype(float)
            if col.dtype.kind in "biuf"
            else pd.Series(pd.factorize(col)[0], col.index).astype(float)
        )
    )
    call = (table["predicted"] == "glaucoma").to_numpy().astype(float)
    r = {}
    for name in a.columns:
        r[name] = abs(np.corrcoef(a[name].to_numpy(), call)[0, 1])
    name = max(r, key=r.get)
    return name if r[name] > 0.4 else None
