# chaff: the last line is dropna(): eyes whose heatmap is empty leave the table
# fails: error_table
# mistake: rows left out

# %% solution="error_table"
def error_table(names, y_true, p_glaucoma, heatmaps, disc_masks, threshold):
    p = np.asarray(p_glaucoma, float)
    heat, mask = np.asarray(heatmaps, float), np.asarray(disc_masks, bool)
    predicted = np.where(p >= threshold, "glaucoma", "normal")
    true = np.where(np.asarray(y_true) == 1, "glaucoma", "normal")
    confidence = np.where(predicted == "glaucoma", p, 1 - p)
    with np.errstate(invalid="ignore"):
        share = np.where(mask, heat, 0).sum((1, 2)) / heat.sum((1, 2))
    table = pd.DataFrame(
        {
            "image": names,
            "true": true,
            "predicted": predicted,
            "p_glaucoma": p,
            "confidence": confidence,
            "group": [
                ("T" if a == b else "F") + ("P" if b == "glaucoma" else "N")
                for a, b in zip(true, predicted)
            ],
            "band": np.where(
                confidence >= 0.9, "high", np.where(confidence >= 0.7, "middle", "low")
            ),
            "disc_share": share,
            "disc_lift": share / mask.mean((1, 2)),
        }
    )
    return table.dropna().reset_index(drop=True)
