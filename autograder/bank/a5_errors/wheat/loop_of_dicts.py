# wheat: a loop and a list of dicts
# %% solution="error_table"
def error_table(names, y_true, p_glaucoma, heatmaps, disc_masks, threshold):
    called = p_glaucoma >= threshold
    confidence = np.where(called, p_glaucoma, 1 - p_glaucoma)
    rows = []
    for i, name in enumerate(names):
        heat, mask = heatmaps[i], disc_masks[i]
        share = heat[mask].sum() / heat.sum() if heat.sum() > 0 else np.nan
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

# %% solution="summary"
def group_summary(table):
    rows = {}
    for group in ["TP", "TN", "FP", "FN"]:
        part = table[table["group"] == group]
        rows[group] = {
            "n": len(part),
            "mean_confidence": part["confidence"].mean(),
            "mean_disc_lift": part["disc_lift"].mean(),
        }
    return pd.DataFrame.from_dict(rows, orient="index")

# %% solution="shortcut"
def find_shortcut(table, attributes):
    seen = attributes.loc[table["image"]]
    called = (table["predicted"] == "glaucoma").to_numpy()
    best, strength = None, 0.3
    for name in seen.columns:
        x = pd.factorize(seen[name], sort=True)[0]
        apart = []
        for label in ("normal", "glaucoma"):
            rows = (table["true"] == label).to_numpy()
            apart.append(abs(roc_auc_score(called[rows], x[rows]) - 0.5))
        if min(apart) > strength:
            best, strength = name, min(apart)
    return best
