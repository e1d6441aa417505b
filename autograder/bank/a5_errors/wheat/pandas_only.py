# wheat: columns built with pandas, groups by mapping a pair
# %% solution="error_table"
def error_table(names, y_true, p_glaucoma, heatmaps, disc_masks, threshold):
    t = pd.DataFrame({"image": names, "p_glaucoma": p_glaucoma})
    t["true"] = pd.Series(y_true).map({0: "normal", 1: "glaucoma"})
    t["predicted"] = t["p_glaucoma"].ge(threshold).map({False: "normal", True: "glaucoma"})
    t["confidence"] = t["p_glaucoma"].where(t["predicted"] == "glaucoma", 1 - t["p_glaucoma"])
    kind = {
        ("glaucoma", "glaucoma"): "TP",
        ("normal", "normal"): "TN",
        ("normal", "glaucoma"): "FP",
        ("glaucoma", "normal"): "FN",
    }
    t["group"] = [kind[pair] for pair in zip(t["true"], t["predicted"])]
    t["band"] = pd.cut(t["confidence"], [0, 0.7, 0.9, np.inf], right=False, labels=["low", "middle", "high"])
    flat, inside = heatmaps.reshape(len(t), -1), disc_masks.reshape(len(t), -1)
    total = pd.Series(flat.sum(1)).replace(0, np.nan)
    t["disc_share"] = (flat * inside).sum(1) / total
    t["disc_lift"] = t["disc_share"] / inside.mean(1)
    return t
