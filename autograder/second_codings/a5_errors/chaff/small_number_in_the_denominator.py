# chaff: a tiny number is added to the sum "against division by zero"; a map without heat gets share 0 instead of NaN
# fails: error_table.no_heat
# mistake: 0 instead of NaN where there is no heat

# %% solution="error_table"
def error_table(names, y_true, p_glaucoma, heatmaps, disc_masks, threshold):
    L = np.asarray(heatmaps, dtype=np.float64)
    D = np.asarray(disc_masks, dtype=np.float64)
    share = (L * D).sum((1, 2)) / (L.sum((1, 2)) + 1e-12)
    y = np.asarray(y_true).astype(int)
    p = np.asarray(p_glaucoma, dtype=np.float64)
    call = (p >= threshold) * 1
    confidence = call * p + (1 - call) * (1 - p)
    cls = pd.Index(["normal", "glaucoma"])
    return pd.DataFrame(
        {
            "image": pd.Series(names),
            "true": cls[y],
            "predicted": cls[call],
            "p_glaucoma": p,
            "confidence": confidence,
            "group": pd.Index(["TN", "FP", "FN", "TP"])[2 * y + call],
            "band": pd.Index(["low", "middle", "high"])[
                (confidence >= 0.7).astype(int) + (confidence >= 0.9)
            ],
            "disc_share": share,
            "disc_lift": share / D.mean((1, 2)),
        }
    )
