# chaff: confidence is turned into percent in the last line, "for the reader"; everything else is fine
# fails: error_table.confidence
# mistake: percent for fraction

# %% solution="error_table"
def error_table(names, y_true, p_glaucoma, heatmaps, disc_masks, threshold):
    def line(name, y, p, L, D):
        called = p >= threshold
        c = p if called else 1 - p
        s = (L * D).sum() / L.sum() if L.sum() > 0 else np.nan
        return {
            "image": name,
            "true": "glaucoma" if y else "normal",
            "predicted": "glaucoma" if called else "normal",
            "p_glaucoma": p,
            "confidence": c,
            "group": f"{'T' if bool(y) == bool(called) else 'F'}{'P' if called else 'N'}",
            "band": "high" if c >= 0.9 else "low" if c < 0.7 else "middle",
            "disc_share": s,
            "disc_lift": s / D.mean(),
        }

    rows = map(
        line,
        names,
        np.asarray(y_true),
        np.asarray(p_glaucoma, float),
        np.asarray(heatmaps, float),
        np.asarray(disc_masks, bool),
    )
    table = pd.DataFrame(list(rows))
    table["confidence"] *= 100
    return table
