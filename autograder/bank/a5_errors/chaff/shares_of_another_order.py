# chaff: shares of the sorted order: rows mixed up
# fails: error_table
# says: rows-mixed

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
    df = df.sort_values('confidence').reset_index(drop=True)
    heat = np.asarray(heatmaps).reshape(len(df), -1)
    disc = np.asarray(disc_masks).reshape(len(df), -1)
    inside = np.einsum("nk,nk->n", heat, disc.astype(heat.dtype))
    df["disc_share"] = pd.Series(inside) / pd.Series(heat.sum(1)).replace(0, np.nan)
    df["disc_lift"] = df["disc_share"] / disc.mean(axis=1)
    return df.drop(columns="y").sort_values("confidence", ascending=False).set_index(pd.Index(range(100, 100 + len(df))))
