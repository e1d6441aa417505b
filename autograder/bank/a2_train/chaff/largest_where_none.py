# chaff: returns the largest p where none is specific enough
# fails: operating_point.edges
# says: none-reaches
# %% solution="operating_point"
def operating_point(y_true, p, specificity):
    y_true, p = np.asarray(y_true), np.asarray(p, dtype=float)
    normal = p[y_true == 0]
    for t in np.unique(p):
        if (normal < t).mean() >= specificity:
            return float(t)
    return float(p.max())
