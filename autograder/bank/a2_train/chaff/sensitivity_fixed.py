# chaff: fixes the sensitivity
# fails: operating_point.threshold
# says: sensitivity-for-specificity
# %% solution="operating_point"
def operating_point(y_true, p, specificity):
    y_true, p = np.asarray(y_true), np.asarray(p, dtype=float)
    sick = p[y_true == 1]
    for t in np.unique(p)[::-1]:
        if (sick >= t).mean() >= specificity:
            return float(t)
    return float(p.min())
