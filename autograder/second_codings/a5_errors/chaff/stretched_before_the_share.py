# chaff: each heatmap is stretched from its minimum to its maximum before the share is taken, so a warm background vanishes
# fails: error_table
# mistake: heatmap min-max-normalised before the share

# %% solution="error_table"
def error_table(names, y_true, p_glaucoma, heatmaps, disc_masks, threshold):
    heat = np.array(heatmaps, dtype=float)
    empty = heat.sum(axis=(1, 2)) == 0
    low = heat.min(axis=(1, 2), keepdims=True)
    high = heat.max(axis=(1, 2), keepdims=True)
    flat = (high - low) == 0
    heat = np.where(flat, heat, (heat - low) / np.where(flat, 1, high - low))
    mask = np.array(disc_masks, dtype=bool)
    share = np.full(len(heat), np.nan)
    for i in np.flatnonzero(~empty):
        share[i] = heat[i][mask[i]].sum() / heat[i].sum()
    p = np.array(p_glaucoma, dtype=float)
    called, ill = p >= threshold, np.array(y_true) == 1
    c = np.where(called, p, 1 - p)
    return pd.DataFrame(
        dict(
            image=names,
            true=np.where(ill, "glaucoma", "normal"),
            predicted=np.where(called, "glaucoma", "normal"),
            p_glaucoma=p,
            confidence=c,
            group=np.where(ill == called, "T", "F").astype(object)
            + np.where(called, "P", "N").astype(object),
            band=np.select([c >= 0.9, c >= 0.7], ["high", "middle"], "low"),
            disc_share=share,
            disc_lift=share / mask.mean(axis=(1, 2)),
        )
    )
