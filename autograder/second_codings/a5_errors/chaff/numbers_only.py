# chaff: looks only at numeric columns (select_dtypes); words and True/False are never compared
# fails: shortcut.planted
# mistake: words and booleans ignored

# %% solution="shortcut"
def find_shortcut(table, attributes):
    numeric = attributes.select_dtypes("number").loc[list(table["image"])]
    verdicts = table["predicted"].eq("glaucoma").to_numpy()
    least = {}
    for name, x in numeric.items():
        strengths = []
        for c in ("normal", "glaucoma"):
            s = table["true"].eq(c).to_numpy()
            strengths.append(abs(2 * roc_auc_score(verdicts[s], x.to_numpy()[s]) - 1))
        least[name] = min(strengths)
    chosen = [n for n, v in sorted(least.items(), key=lambda kv: -kv[1]) if v > 0.5]
    return chosen[0] if chosen else None
