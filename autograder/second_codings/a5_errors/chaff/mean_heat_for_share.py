# chaff: share is the mean heat inside the disc (heat[mask].mean()), no division by all the heat; lift is right
# fails: error_table.share
# mistake: mean heat in the disc instead of the share of heat

# %% solution="error_table"
def error_table(names, y_true, p_glaucoma, heatmaps, disc_masks, threshold):
    rows = []
    for name, y, p, heat, disc in zip(names, y_true, p_glaucoma, heatmaps, disc_masks):
        heat, disc, p = np.asarray(heat, float), np.asarray(disc, bool), float(p)
        true = ["normal", "glaucoma"][int(y)]
        predicted = ["normal", "glaucoma"][int(p >= threshold)]
        c = p if predicted == "glaucoma" else 1 - p
        inside, everywhere = heat[disc].mean(), heat.mean()
        rows.append(
            {
                "image": name,
                "true": true,
                "predicted": predicted,
                "p_glaucoma": p,
                "confidence": c,
                "group": ("T" if true == predicted else "F")
                + ("P" if predicted == "glaucoma" else "N"),
                "band": "high" if c >= 0.9 else "middle" if c >= 0.7 else "low",
                "disc_share": inside if everywhere > 0 else np.nan,
                "disc_lift": inside / everywhere if everywhere > 0 else np.nan,
            }
        )
    return pd.DataFrame(rows)
