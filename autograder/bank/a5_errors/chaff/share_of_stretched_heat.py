# chaff: every map is stretched to its full range before the share is taken
# fails: error_table.share
# says: heat-stretched
# %% solution="error_table"
def error_table(names, y_true, p_glaucoma, heatmaps, disc_masks, threshold):
    called = p_glaucoma >= threshold
    confidence = np.where(called, p_glaucoma, 1 - p_glaucoma)
    rows = []
    for i, name in enumerate(names):
        heat, mask = heatmaps[i], disc_masks[i]
        lit = heat.sum() > 0
        heat = heat - heat.min()
        share = heat[mask].sum() / heat.sum() if lit else np.nan
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
    return pd.DataFrame(rows)
