# chaff: goes through the eyes as they come
# fails: operating_point.threshold
# says: not-sorted
# %% solution="operating_point"
def operating_point(y_true, p, specificity):
    y_true, p = np.asarray(y_true), np.asarray(p, dtype=float)
    normal = p[y_true == 0]
    for t in p:
        if (normal < t).mean() >= specificity:
            return float(t)
    return float("inf")
