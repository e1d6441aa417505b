# chaff: the call is the class with the larger probability (argmax of the two): the threshold that was given is not used
# fails: error_table.decision
# mistake: threshold ignored, .5 used

# %% solution="error_table"
def error_table(names, y_true, p_glaucoma, heatmaps, disc_masks, threshold=0.5):
    p = np.asarray(p_glaucoma, dtype=float)
    both = np.column_stack([1 - p, p])
    call = both.argmax(axis=1)
    sure = both[np.arange(len(p)), call]
    names_of = {0: "normal", 1: "glaucoma"}
    out = []
    for i in range(len(p)):
        true, predicted = names_of[int(y_true[i])], names_of[int(call[i])]
        heat, mask = np.asarray(heatmaps[i], float), np.asarray(disc_masks[i], bool)
        total = heat.sum()
        share = heat[mask].sum() / total if total > 0 else float("nan")
        out.append(
            [
                names[i],
                true,
                predicted,
                p[i],
                sure[i],
                ("T" if true == predicted else "F") + ("P" if predicted == "glaucoma" else "N"),
                "high" if sure[i] >= 0.9 else ("middle" if sure[i] >= 0.7 else "low"),
                share,
                share / mask.mean(),
            ]
        )
    return pd.DataFrame(
        out,
        columns=[
            "image",
            "true",
            "predicted",
            "p_glaucoma",
            "confidence",
            "group",
            "band",
            "disc_share",
            "disc_lift",
        ],
    )
