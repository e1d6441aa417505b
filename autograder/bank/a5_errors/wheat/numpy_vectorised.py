# wheat: whole arrays, division by zero silenced
# %% solution="error_table"
def error_table(names, y_true, p_glaucoma, heatmaps, disc_masks, threshold):
    classes = np.array(["normal", "glaucoma"], dtype=object)
    predicted = (p_glaucoma >= threshold).astype(int)
    confidence = np.stack([1 - p_glaucoma, p_glaucoma], axis=1)[np.arange(len(names)), predicted]
    group = np.array([["TN", "FP"], ["FN", "TP"]])[y_true, predicted]
    band = np.array(["low", "middle", "high"])[np.digitize(confidence, [0.7, 0.9])]
    with np.errstate(invalid="ignore"):
        share = np.einsum("nij,nij->n", heatmaps, disc_masks) / heatmaps.sum((1, 2))
    return pd.DataFrame(
        dict(image=names, true=classes[y_true], predicted=classes[predicted], p_glaucoma=p_glaucoma,
             confidence=confidence, group=group, band=band, disc_share=share,
             disc_lift=share / disc_masks.mean((1, 2)))
    )
