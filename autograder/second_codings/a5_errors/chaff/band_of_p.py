# chaff: the band is cut from p(glaucoma), so that a surely normal eye is "low"
# fails: error_table.band
# mistake: band from p(glaucoma) instead of confidence

# %% solution="error_table"
def error_table(names, y_true, p_glaucoma, heatmaps, disc_masks, threshold):
    p = np.asarray(p_glaucoma, dtype=float)
    truth = np.where(np.asarray(y_true) == 1, "glaucoma", "normal")
    predicted = np.where(p >= threshold, "glaucoma", "normal")
    levels = [(0.9, "high"), (0.7, "middle"), (-np.inf, "low")]
    data = {
        "image": [],
        "true": [],
        "predicted": [],
        "p_glaucoma": [],
        "confidence": [],
        "group": [],
        "band": [],
        "disc_share": [],
        "disc_lift": [],
    }
    for i, name in enumerate(names):
        heat, disc = np.asarray(heatmaps[i], float), np.asarray(disc_masks[i], bool)
        share = heat[disc].sum() / heat.sum() if heat.sum() > 0 else np.nan
        data["image"].append(name)
        data["true"].append(str(truth[i]))
        data["predicted"].append(str(predicted[i]))
        data["p_glaucoma"].append(p[i])
        data["confidence"].append(p[i] if predicted[i] == "glaucoma" else 1 - p[i])
        data["group"].append(
            "FT"[int(truth[i] == predicted[i])]
            + predicted[i].replace("glaucoma", "P").replace("normal", "N")
        )
        data["band"].append([word for low, word in levels if p[i] >= low][0])
        data["disc_share"].append(share)
        data["disc_lift"].append(share * disc.size / disc.sum())
    return pd.DataFrame(data)
