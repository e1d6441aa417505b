# chaff: pd.cut with its default right=True: exactly .7 becomes low and exactly .9 middle
# fails: error_table.band
# mistake: edges of the bands (> for >=)

# %% solution="error_table"
def error_table(names, y_true, p_glaucoma, heatmaps, disc_masks, threshold):
    df = pd.DataFrame({"image": list(names), "p_glaucoma": np.asarray(p_glaucoma, dtype=float)})
    y = pd.Series(np.asarray(y_true).astype(bool))
    called = df["p_glaucoma"].ge(threshold)
    df["true"] = y.map({True: "glaucoma", False: "normal"})
    df["predicted"] = called.map({True: "glaucoma", False: "normal"})
    df["confidence"] = df["p_glaucoma"].where(called, 1 - df["p_glaucoma"])
    df["group"] = (y == called).map({True: "T", False: "F"}) + called.map({True: "P", False: "N"})
    df["band"] = pd.cut(
        df["confidence"], bins=[-1, 0.7, 0.9, 1], labels=["low", "middle", "high"]
    ).astype(str)
    heat, mask = np.asarray(heatmaps, float), np.asarray(disc_masks, bool)
    total = pd.Series(heat.sum(axis=(1, 2)))
    df["disc_share"] = pd.Series((heat * mask).sum(axis=(1, 2))) / total.where(total > 0)
    df["disc_lift"] = df["disc_share"] / mask.mean(axis=(1, 2))
    return df
