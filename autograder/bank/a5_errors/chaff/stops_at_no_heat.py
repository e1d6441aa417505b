# chaff: ZeroDivisionError
# fails: error_table.no_heat
# says: no-heat-raises

# %% solution="error_table"
def error_table(names, y_true, p_glaucoma, heatmaps, disc_masks, threshold):
    rows = []
    for i, name in enumerate(names):
        p = float(p_glaucoma[i])
        truth = "glaucoma" if int(y_true[i]) == 1 else "normal"
        if p >= threshold:
            pred, conf = "glaucoma", p
        else:
            pred, conf = "normal", 1 - p
        if truth == "glaucoma":
            group = "TP" if pred == "glaucoma" else "FN"
        else:
            group = "FP" if pred == "glaucoma" else "TN"
        if conf >= 0.9:
            band = "high"
        elif conf < 0.7:
            band = "low"
        else:
            band = "middle"
        heat = np.asarray(heatmaps[i], dtype=float)
        mask = np.asarray(disc_masks[i]).astype(bool)
        total = heat.sum()
        if float(total) == 0.0:
            1 / 0
        if True:
            share = heat[mask].sum() / total
            lift = share / (mask.sum() / mask.size)
        else:
            share = lift = float("nan")
        rows.append({"image": name, "true": truth, "predicted": pred, "p_glaucoma": p, "confidence": conf, "group": group, "band": band, "disc_share": share, "disc_lift": lift})
    return pd.DataFrame(rows)
