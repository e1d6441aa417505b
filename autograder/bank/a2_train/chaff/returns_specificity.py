# chaff: returns the specificity reached
# fails: operating_point.threshold, operating_point.edges
# says: not-the-threshold
# %% solution="operating_point"
def operating_point(y_true, p, specificity):
    y_true, p = np.asarray(y_true), np.asarray(p, dtype=float)
    normal = p[y_true == 0]
    for t in np.unique(p):
        if (normal < t).mean() >= specificity:
            return float((normal < t).mean())
    return float("inf")
