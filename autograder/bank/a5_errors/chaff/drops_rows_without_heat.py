# chaff: leaves out images without heat
# fails: error_table.no_heat
# says: rows-left-out
# %% solution="error_table"
def error_table(names, y_true, p_glaucoma, heatmaps, disc_masks, threshold):
    called = p_glaucoma >= threshold
    confidence = np.where(called, p_glaucoma, 1 - p_glaucoma)
    rows = []
    for i, name in enumerate(names):
        heat, mask = heatmaps[i], disc_masks[i]
        share = heat[mask].sum() / heat.sum() if heat.sum() > 0 else np.nan
        truth = ["normal", "glaucoma"][y_true[i]]
        predicted = "glaucoma" if called[i] else "normal"
        group = ("T" if truth == predicted else "F") + ("P" if called[i] else "N")
        c = confidence[i]
        band = "high" if c >= 0.9 else "low" if c < 0.7 else "middle"
        rows.append(
            {
                "image": name,
                "true": truth,
                "predicted": predicted,
                "p_glaucoma": p_glaucoma[i],
                "confidence": c,
                "group": group,
                "band": band,
                "disc_share": share,
                "disc_lift": share / mask.mean(),
            }
        )
    return pd.DataFrame(rows).dropna()
