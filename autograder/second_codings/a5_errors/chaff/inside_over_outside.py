# chaff: lift compares the heat per pixel inside the disc with that OUTSIDE it, not with the whole image
# fails: error_table.lift
# mistake: inside/outside ratio instead of lift

# %% solution="error_table"
def error_table(names, y_true, p_glaucoma, heatmaps, disc_masks, threshold):
    p = np.asarray(p_glaucoma, dtype=float)
    hit = p >= threshold
    y = np.asarray(y_true).astype(bool)
    c = np.where(hit, p, 1 - p)
    share, lift = [], []
    for heat, disc in zip(heatmaps, disc_masks):
        heat, disc = np.asarray(heat, dtype=float), np.asarray(disc, dtype=bool)
        if not heat.any():
            share.append(np.nan)
            lift.append(np.nan)
            continue
        share.append(heat[disc].sum() / heat.sum())
        outside = heat[~disc].mean() if (~disc).any() else np.nan
        lift.append(heat[disc].mean() / outside if outside > 0 else np.inf)
    code = y.astype(int) + 2 * hit.astype(int)
    return pd.DataFrame(
        {
            "image": names,
            "true": ["glaucoma" if v else "normal" for v in y],
            "predicted": ["glaucoma" if v else "normal" for v in hit],
            "group": [["TN", "FN", "FP", "TP"][k] for k in code],
            "p_glaucoma": p,
            "confidence": c,
            "band": ["high" if v >= 0.9 else "low" if v < 0.7 else "middle" for v in c],
            "disc_share": share,
            "disc_lift": lift,
        }
    )
