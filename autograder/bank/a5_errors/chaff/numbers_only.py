# chaff: words left out
# fails: shortcut.planted
# says: words-not-numbers

# %% solution="shortcut"
def find_shortcut(table, attributes):
    """difference of means in units of the spread, within each true class"""
    att = attributes.reindex(table["image"]).reset_index(drop=True)
    called = table["predicted"].eq("glaucoma").to_numpy()
    truth = table["true"].to_numpy()
    found, size = None, 1.0
    for column in att.select_dtypes('number'):
        v = att[column]
        v = v.to_numpy(float) if pd.api.types.is_numeric_dtype(v) or pd.api.types.is_bool_dtype(v) else pd.Categorical(v).codes.astype(float)
        d = []
        for c in np.unique(truth):
            inside = truth == c
            a, b = v[inside & called], v[inside & ~called]
            if len(a) < 2 or len(b) < 2:
                continue
            spread = np.sqrt((a.var() + b.var()) / 2)
            d.append(abs(a.mean() - b.mean()) / (spread + 1e-9))
        if d and min(d) > size:
            found, size = column, min(d)
    return found
