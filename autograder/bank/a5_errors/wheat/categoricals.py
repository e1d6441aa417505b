# wheat: pandas, categoricals, sorted rows, odd index

# %% solution="error_table"
def error_table(names, y_true, p_glaucoma, heatmaps, disc_masks, threshold):
    df = pd.DataFrame({"image": names, "y": np.asarray(y_true), "p_glaucoma": np.asarray(p_glaucoma)})
    df["true"] = df["y"].map({0: "normal", 1: "glaucoma"})
    df["predicted"] = "normal"
    df.loc[df["p_glaucoma"] >= threshold, "predicted"] = "glaucoma"
    df["confidence"] = df["p_glaucoma"].where(df["predicted"] == "glaucoma", 1 - df["p_glaucoma"])
    df["band"] = pd.cut(df["confidence"], [-np.inf, 0.7, 0.9, np.inf], right=False, labels=["low", "middle", "high"])
    names_of = {("glaucoma", "glaucoma"): "TP", ("glaucoma", "normal"): "FN", ("normal", "glaucoma"): "FP", ("normal", "normal"): "TN"}
    df["group"] = pd.Categorical([names_of[pair] for pair in zip(df["true"], df["predicted"])])
    heat = np.asarray(heatmaps).reshape(len(df), -1)
    disc = np.asarray(disc_masks).reshape(len(df), -1)
    inside = np.einsum("nk,nk->n", heat, disc.astype(heat.dtype))
    df["disc_share"] = pd.Series(inside) / pd.Series(heat.sum(1)).replace(0, np.nan)
    df["disc_lift"] = df["disc_share"] / disc.mean(axis=1)
    return df.drop(columns="y").sort_values("confidence", ascending=False).set_index(pd.Index(range(100, 100 + len(df))))

# %% solution="summary"
def group_summary(table):
    t = table.copy()
    t["group"] = pd.Categorical(t["group"], categories=["TP", "TN", "FP", "FN"])
    return t.groupby("group", observed=False).agg(n=("confidence", "size"), mean_confidence=("confidence", "mean"), mean_disc_lift=("disc_lift", "mean"))

# %% solution="shortcut"
def find_shortcut(table, attributes):
    """difference of means in units of the spread, within each true class"""
    att = attributes.reindex(table["image"]).reset_index(drop=True)
    called = table["predicted"].eq("glaucoma").to_numpy()
    truth = table["true"].to_numpy()
    found, size = None, 1.0
    for column in att:
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
