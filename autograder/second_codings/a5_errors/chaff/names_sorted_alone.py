# chaff: the names are sorted for a tidy table, the other columns are not: names and values no longer belong together
# fails: error_table
# mistake: row order assumed (names sorted alone)

# %% solution="error_table"
def error_table(names, y_true, p_glaucoma, heatmaps, disc_masks, threshold):
    table = pd.DataFrame(index=sorted(names))
    table["true"] = ["glaucoma" if v else "normal" for v in np.asarray(y_true).astype(int)]
    table["p_glaucoma"] = np.asarray(p_glaucoma, float)
    table["predicted"] = ["glaucoma" if v >= threshold else "normal" for v in table["p_glaucoma"]]
    table["confidence"] = [
        v if c == "glaucoma" else 1 - v for v, c in zip(table["p_glaucoma"], table["predicted"])
    ]
    table["group"] = [
        "TP"
        if (a, b) == ("glaucoma", "glaucoma")
        else "TN"
        if (a, b) == ("normal", "normal")
        else "FP"
        if a == "normal"
        else "FN"
        for a, b in zip(table["true"], table["predicted"])
    ]
    table["band"] = [
        "high" if c >= 0.9 else "low" if c < 0.7 else "middle" for c in table["confidence"]
    ]
    heat, mask = np.asarray(heatmaps, float), np.asarray(disc_masks, bool)
    table["disc_share"] = [
        h[m].sum() / h.sum() if h.sum() > 0 else np.nan for h, m in zip(heat, mask)
    ]
    table["disc_lift"] = table["disc_share"].to_numpy() / mask.mean((1, 2))
    return table.rename_axis("image").reset_index()
