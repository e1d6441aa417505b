# wheat: numpy on whole columns with where and select; groupby, agg, reindex; AUROC within each true class

# %% solution="error_table"
def error_table(names, y_true, p_glaucoma, heatmaps, disc_masks, threshold):
    y = np.asarray(y_true).astype(bool)
    p = np.asarray(p_glaucoma, dtype=float)
    L = np.asarray(heatmaps, dtype=float)
    disc = np.asarray(disc_masks, dtype=bool)
    called = p >= threshold
    confidence = np.where(called, p, 1 - p)
    total = L.sum(axis=(1, 2))
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(total > 0, (L * disc).sum(axis=(1, 2)) / total, np.nan)
    words = np.array(["normal", "glaucoma"])
    return pd.DataFrame(
        {
            "image": list(names),
            "true": words[y.astype(int)],
            "predicted": words[called.astype(int)],
            "p_glaucoma": p,
            "confidence": confidence,
            "group": np.select(
                [y & called, ~y & ~called, ~y & called], ["TP", "TN", "FP"], default="FN"
            ),
            "band": np.select(
                [confidence >= 0.9, confidence < 0.7], ["high", "low"], default="middle"
            ),
            "disc_share": share,
            "disc_lift": share / disc.mean(axis=(1, 2)),
        }
    )


# %% solution="summary"
def group_summary(table):
    s = table.groupby("group").agg(
        n=("image", "size"),
        mean_confidence=("confidence", "mean"),
        mean_disc_lift=("disc_lift", "mean"),
    )
    s = s.reindex(["TP", "TN", "FP", "FN"])
    s["n"] = s["n"].fillna(0).astype(int)
    return s


# %% solution="shortcut"
def find_shortcut(table, attributes):
    rows = attributes.loc[table["image"]]
    called = (table["predicted"] == "glaucoma").to_numpy()
    best, best_distance = None, 0.25
    for name in rows.columns:
        column = rows[name]
        values = (
            column.to_numpy(float)
            if pd.api.types.is_numeric_dtype(column)
            else pd.factorize(column)[0]
        )
        scores = []
        for c in ("normal", "glaucoma"):
            inside = (table["true"] == c).to_numpy()
            if 0 < called[inside].sum() < inside.sum():
                scores.append(roc_auc_score(called[inside], values[inside]) - 0.5)
        distance = min(map(abs, scores), default=0)
        if distance > best_distance:
            best, best_distance = name, distance
    return best
