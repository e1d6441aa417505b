# chaff: puts table and attributes side by side by position (concat after reset_index): the rows stand in another order
# fails: shortcut
# mistake: row order assumed

# %% solution="shortcut"
def find_shortcut(table, attributes):
    side = pd.concat(
        [table.reset_index(drop=True), attributes.reset_index(drop=True).add_prefix("a_")], axis=1
    )
    side = side.dropna(subset=["true", "predicted"])
    best = (0.25, None)
    for name in attributes.columns:
        x = side["a_" + name]
        side["x"] = x if x.dtype.kind in "iuf" else pd.factorize(x)[0]
        gaps = [
            abs(roc_auc_score(part["predicted"] == "glaucoma", part["x"].astype(float)) - 0.5)
            for _, part in side.groupby("true")
        ]
        best = max(best, (min(gaps), name), key=lambda b: b[0])
    return best[1]
