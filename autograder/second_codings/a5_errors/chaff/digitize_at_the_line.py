# chaff: np.digitize(..., right=True) leaves an eye exactly at the threshold below it
# fails: error_table.decision
# mistake: > for >= at the threshold

# %% solution="error_table"
def error_table(names, y_true, p_glaucoma, heatmaps, disc_masks, threshold):
    p = np.asarray(p_glaucoma, dtype=float)
    call = np.digitize(p, [threshold], right=True)
    y = np.asarray(y_true).astype(int)
    words = np.array(["normal", "glaucoma"], dtype=object)
    confidence = np.where(call == 1, p, 1 - p)
    weight = np.asarray(heatmaps, dtype=float)
    mask = np.asarray(disc_masks, dtype=bool)
    with np.errstate(all="ignore"):
        share = np.einsum("nij,nij->n", weight, mask.astype(float)) / weight.sum(axis=(1, 2))
    return pd.DataFrame(
        {
            "image": list(names),
            "true": words[y],
            "predicted": words[call],
            "group": np.array([["TN", "FP"], ["FN", "TP"]], dtype=object)[y, call],
            "p_glaucoma": p,
            "confidence": confidence,
            "band": np.array(["low", "middle", "high"], dtype=object)[
                np.digitize(confidence, [0.7, 0.9])
            ],
            "disc_share": share,
            "disc_lift": share / mask.mean(axis=(1, 2)),
        }
    )
