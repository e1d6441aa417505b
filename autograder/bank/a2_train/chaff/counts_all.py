# chaff: counts over all eyes
# fails: operating_point.threshold
# says: all-eyes-counted
# %% solution="operating_point"
def operating_point(y_true, p, specificity):
    y_true, p = np.asarray(y_true), np.asarray(p, dtype=float)
    normal = p
    for t in np.unique(p):
        if (normal < t).mean() >= specificity:
            return float(t)
    return float("inf")
