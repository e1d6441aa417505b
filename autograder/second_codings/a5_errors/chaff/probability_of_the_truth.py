# chaff: confidence is the probability of the TRUE class, so that every sure mistake looks unsure
# fails: error_table.confidence
# mistake: probability of the true class instead of the predicted class

# %% solution="error_table"
def error_table(names, y_true, p_glaucoma, heatmaps, disc_masks, threshold):
    d = pd.DataFrame(
        {
            "image": list(names),
            "y": np.asarray(y_true).astype(int),
            "p_glaucoma": np.asarray(p_glaucoma, float),
        }
    )
    d["call"] = (d["p_glaucoma"] >= threshold).astype(int)
    d["true"] = d["y"].map({0: "normal", 1: "glaucoma"})
    d["predicted"] = d["call"].map({0: "normal", 1: "glaucoma"})
    d["confidence"] = d["p_glaucoma"] * d["y"] + (1 - d["p_glaucoma"]) * (1 - d["y"])
    d["group"] = d.apply(
        lambda r: {"00": "TN", "01": "FP", "10": "FN", "11": "TP"}[f"{r['y']}{r['call']}"], axis=1
    )
    d["band"] = d["confidence"].map(
        lambda c: "high" if c >= 0.9 else "middle" if c >= 0.7 else "low"
    )
    shares = []
    for heat, mask in zip(np.asarray(heatmaps, float), np.asarray(disc_masks, bool)):
        shares.append(heat[mask].sum() / heat.sum() if heat.any() else np.nan)
    d["disc_share"] = shares
    d["disc_lift"] = d["disc_share"] / [m.mean() for m in np.asarray(disc_masks, bool)]
    return d.drop(columns=["y", "call"])
