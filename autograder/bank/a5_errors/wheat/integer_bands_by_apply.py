# wheat: rows made by apply, everything through assign
# %% solution="error_table"
def error_table(names, y_true, p_glaucoma, heatmaps, disc_masks, threshold):
    def heat_row(i):
        total = heatmaps[i].sum(dtype=float)
        share = (heatmaps[i] * disc_masks[i]).sum(dtype=float) / total if total else float("nan")
        return pd.Series({"disc_share": share, "disc_lift": share * disc_masks[i].size / disc_masks[i].sum()})

    table = pd.DataFrame({"image": names, "y": y_true, "p_glaucoma": p_glaucoma})
    table = table.assign(called=lambda t: t.p_glaucoma >= threshold)
    table = table.assign(
        true=lambda t: t.y.map(["normal", "glaucoma"].__getitem__),
        predicted=lambda t: t.called.map(lambda c: "glaucoma" if c else "normal"),
        confidence=lambda t: t.apply(lambda r: r.p_glaucoma if r.called else 1 - r.p_glaucoma, axis=1),
        group=lambda t: t.apply(lambda r: ("T" if r.called == (r.y == 1) else "F") + "NP"[r.called], axis=1),
        band=lambda t: t.confidence.map(lambda c: ["low", "middle", "high"][(c >= 0.7) + (c >= 0.9)]),
    )
    return table.join(pd.DataFrame([heat_row(i) for i in range(len(names))])).drop(columns=["y", "called"])
