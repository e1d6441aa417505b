# chaff: takes "negative" for "has the disease": normal is the positive class in the groups (a healthy eye called healthy is TP)
# fails: error_table.group
# mistake: positive class inverted in the groups

# %% solution="error_table"
def error_table(names, y_true, p_glaucoma, heatmaps, disc_masks, threshold):
    y, p = np.asarray(y_true).astype(int), np.asarray(p_glaucoma, dtype=float)
    call = np.greater_equal(p, threshold).astype(int)
    # row: truth, column: call
    lookup = np.array([["TP", "FN"], ["FP", "TN"]])
    c = np.choose(call, [1 - p, p])
    heat, mask = np.asarray(heatmaps, float), np.asarray(disc_masks, bool)
    total = heat.sum((1, 2))
    share = np.full(len(p), np.nan)
    np.divide((heat * mask).sum((1, 2)), total, out=share, where=total > 0)
    df = pd.DataFrame({"image": names, "p_glaucoma": p, "confidence": c, "disc_share": share})
    df["true"] = np.take(["normal", "glaucoma"], y)
    df["predicted"] = np.take(["normal", "glaucoma"], call)
    df["group"] = lookup[y, call]
    df["band"] = np.where(c >= 0.9, "high", np.where(c >= 0.7, "middle", "low"))
    df["disc_lift"] = share / mask.mean((1, 2))
    return df
