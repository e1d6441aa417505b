# chaff: the second letter of the group is read from the truth: a missed glaucoma becomes FP, a false alarm FN
# fails: error_table.group
# mistake: FP and FN swapped

# %% solution="error_table"
def error_table(names, y_true, p_glaucoma, heatmaps, disc_masks, threshold):
    kind = ("normal", "glaucoma")
    records = []
    for k, name in enumerate(names):
        truth, p = int(y_true[k]), float(p_glaucoma[k])
        call = int(p >= threshold)
        sure = p if call else 1 - p
        h, m = np.asarray(heatmaps[k], float), np.asarray(disc_masks[k], bool)
        share = h[m].sum() / h.sum() if h.sum() > 0 else np.nan
        records.append(
            dict(
                image=name,
                true=kind[truth],
                predicted=kind[call],
                p_glaucoma=p,
                confidence=sure,
                group="FT"[truth == call] + "NP"[truth],
                band="high" if sure >= 0.9 else "low" if sure < 0.7 else "middle",
                disc_share=share,
                disc_lift=share / m.mean(),
            )
        )
    return pd.DataFrame.from_records(records)
