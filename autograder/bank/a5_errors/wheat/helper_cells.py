# wheat: small functions in cells of their own
# %%
def lift_of(heat, mask):
    total = heat.sum()
    if total == 0:
        return np.nan, np.nan
    share = heat[mask].sum() / total
    return share, share / (mask.sum() / mask.size)

# %%
LETTER = {True: "P", False: "N"}
NAMES = ("normal", "glaucoma")

# %% solution="error_table"
def error_table(names, y_true, p_glaucoma, heatmaps, disc_masks, threshold):
    out = {k: [] for k in "image true predicted p_glaucoma confidence group band disc_share disc_lift".split()}
    for name, y, p, heat, mask in zip(names, y_true, p_glaucoma, heatmaps, disc_masks):
        called = bool(p >= threshold)
        c = p if called else 1 - p
        share, lift = lift_of(heat, mask)
        row = (name, NAMES[y], NAMES[called], p, c, "FT"[int(called == y)] + LETTER[called],
               "high" if c >= 0.9 else "middle" if c >= 0.7 else "low", share, lift)
        for column, value in zip(out.values(), row):
            column.append(value)
    return pd.DataFrame(out)
