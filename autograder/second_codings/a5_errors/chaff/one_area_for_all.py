# chaff: lift divides by the mean area of all discs together instead of each image's own
# fails: error_table.lift
# mistake: one disc area for all images

# %% solution="error_table"
def error_table(names, y_true, p_glaucoma, heatmaps, disc_masks, threshold):
    L, D = np.asarray(heatmaps, float), np.asarray(disc_masks, bool)
    area = D.mean()
    t = pd.DataFrame({"image": list(names)})
    t["true"] = np.array(["normal", "glaucoma"])[np.asarray(y_true).astype(int)]
    t["p_glaucoma"] = np.asarray(p_glaucoma, float)
    t["predicted"] = np.where(t.p_glaucoma >= threshold, "glaucoma", "normal")
    t["confidence"] = np.where(t.predicted == "glaucoma", t.p_glaucoma, 1 - t.p_glaucoma)
    t["group"] = [
        {
            ("normal", "normal"): "TN",
            ("glaucoma", "glaucoma"): "TP",
            ("glaucoma", "normal"): "FN",
        }.get(k, "FP")
        for k in zip(t["true"], t["predicted"])
    ]
    t["band"] = "middle"
    t.loc[t.confidence >= 0.9, "band"] = "high"
    t.loc[t.confidence < 0.7, "band"] = "low"
    with np.errstate(invalid="ignore"):
        t["disc_share"] = np.sum(L * D, axis=(1, 2)) / np.sum(L, axis=(1, 2))
    t["disc_lift"] = t["disc_share"] / area
    return t
