# wheat: a loop over images and a list of dicts, rows in reverse; the summary counted in a loop; difference of means in units of the spread

# %% solution="error_table"
import math


def error_table(names, y_true, p_glaucoma, heatmaps, disc_masks, threshold):
    rows = []
    for i in reversed(range(len(names))):
        p = float(p_glaucoma[i])
        true = "glaucoma" if int(y_true[i]) == 1 else "normal"
        if p >= threshold:
            predicted, confidence = "glaucoma", p
        else:
            predicted, confidence = "normal", 1 - p
        group = ("T" if true == predicted else "F") + ("P" if predicted == "glaucoma" else "N")
        if confidence >= 0.9:
            band = "high"
        elif confidence >= 0.7:
            band = "middle"
        else:
            band = "low"
        heat = np.asarray(heatmaps[i], dtype=float)
        mask = np.asarray(disc_masks[i]).astype(bool)
        if heat.sum() > 0:
            share = heat[mask].sum() / heat.sum()
            lift = share / (mask.sum() / mask.size)
        else:
            share = lift = math.nan
        rows.append(
            {
                "image": names[i],
                "group": group,
                "true": true,
                "predicted": predicted,
                "band": band,
                "confidence": confidence,
                "p_glaucoma": p,
                "disc_lift": lift,
                "disc_share": share,
            }
        )
    return pd.DataFrame(rows)


# %% solution="summary"
def group_summary(table):
    out = pd.DataFrame(
        index=["FN", "FP", "TN", "TP"],
        columns=["n", "mean_confidence", "mean_disc_lift"],
        dtype=float,
    )
    for g in out.index:
        part = table[table["group"] == g]
        out.loc[g, "n"] = len(part)
        if len(part):
            out.loc[g, "mean_confidence"] = part["confidence"].mean()
            out.loc[g, "mean_disc_lift"] = part["disc_lift"].mean()
    return out


# %% solution="shortcut"
def find_shortcut(table, attributes):
    def numbers(column):
        try:
            return column.astype(float)
        except (ValueError, TypeError):
            first = sorted(column.unique())[0]
            return (column == first).astype(float)

    merged = table.set_index("image")[["true", "predicted"]].join(
        attributes, how="left", rsuffix="_attribute"
    )
    effects = {}
    for a in attributes.columns:
        x = numbers(merged[a])
        d = []
        for _, eyes in merged.groupby("true"):
            u = x[eyes.index[eyes["predicted"] == "glaucoma"]]
            v = x[eyes.index[eyes["predicted"] == "normal"]]
            spread = np.sqrt(
                ((len(u) - 1) * u.var() + (len(v) - 1) * v.var()) / (len(u) + len(v) - 2)
            )
            d.append((u.mean() - v.mean()) / (spread + 1e-12))
        # the same sign, and a spread apart, in both classes
        effects[a] = min(abs(d[0]), abs(d[1])) if d[0] * d[1] > 0 else 0.0
    winner = max(effects, key=effects.get)
    return winner if effects[winner] > 1.0 else None
