# chaff: fails on lists
# fails: operating_point.edges
# says: lists-not-taken
# %% solution="operating_point"
def operating_point(y_true, p, specificity):
    normal = p[y_true == 0]
    for t in np.unique(p):
        if (normal < t).mean() >= specificity:
            return float(t)
    return float("inf")
