# wheat: correlation within each class
# %% solution="shortcut"
def find_shortcut(table, attributes):
    both = table.merge(attributes, left_on="image", right_index=True)
    scores = {}
    for name in attributes.columns:
        x = both[name] if both[name].dtype.kind in "fi" else pd.Series(pd.factorize(both[name])[0], both.index)
        called = (both["predicted"] == "glaucoma").astype(float)
        r = [np.corrcoef(x[both["true"] == c], called[both["true"] == c])[0, 1] for c in ("normal", "glaucoma")]
        scores[name] = np.mean(np.abs(r))
    best = max(scores, key=scores.get)
    return best if scores[best] > 0.3 else None
