# chaff: difference of means in the attributes' own units
# fails: shortcut.planted, shortcut.none
# says: always-names-one
# %% solution="shortcut"
def find_shortcut(table, attributes):
    seen = attributes.loc[table["image"]].apply(lambda c: pd.factorize(c)[0] if c.dtype.kind not in "if" else c)
    normal = (table["true"] == "normal").to_numpy()
    called = (table["predicted"] == "glaucoma").to_numpy()
    apart = (seen[normal & called].mean() - seen[normal & ~called].mean()).abs()
    return apart.idxmax() if apart.max() > 0.3 else None
