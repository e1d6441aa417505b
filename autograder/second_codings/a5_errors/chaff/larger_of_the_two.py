# chaff: confidence is the larger of p and 1 - p; with a threshold other than .5 that is not the predicted class
# fails: error_table.confidence
# mistake: max(p, 1-p) instead of the probability of the predicted class

# %% solution="error_table"
def error_table(names, y_true, p_glaucoma, heatmaps, disc_masks, threshold):
    p = np.asarray(p_glaucoma, dtype=float)
    y = np.asarray(y_true) == 1
    positive = p >= threshold
    confidence = np.abs(p - 0.5) + 0.5
    heat = np.asarray(heatmaps, dtype=float).reshape(len(p), -1)
    mask = np.asarray(disc_masks, dtype=bool).reshape(len(p), -1)
    total = heat.sum(1)
    share = np.divide((heat * mask).sum(1), total, out=np.full(len(p), np.nan), where=total > 0)
    group = np.empty(len(p), dtype=object)
    group[y & positive], group[y & ~positive] = "TP", "FN"
    group[~y & positive], group[~y & ~positive] = "FP", "TN"
    return pd.DataFrame(
        {
            "image": names,
            "true": np.where(y, "glaucoma", "normal"),
            "predicted": np.where(positive, "glaucoma", "normal"),
            "p_glaucoma": p,
            "confidence": confidence,
            "group": group,
            "band": pd.cut(
                confidence, [0, 0.7, 0.9, 1.01], right=False, labels=["low", "middle", "high"]
            ).astype(str),
            "disc_share": share,
            "disc_lift": share / mask.mean(1),
        }
    )
