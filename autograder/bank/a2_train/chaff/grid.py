# chaff: a grid of hundredths
# fails: operating_point.threshold
# says: coarse-grid
# %% solution="operating_point"
def operating_point(y_true, p, specificity):
    y_true, p = np.asarray(y_true), np.asarray(p, dtype=float)
    normal = p[y_true == 0]
    for t in np.linspace(0, 1, 101):
        if (normal < t).mean() >= specificity:
            return float(t)
    return float("inf")
