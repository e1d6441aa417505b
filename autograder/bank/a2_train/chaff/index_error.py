# chaff: an IndexError where none is specific enough
# fails: operating_point.edges
# says: none-reaches
# %% solution="operating_point"
def operating_point(y_true, p, specificity):
    y_true, p = np.asarray(y_true), np.asarray(p, dtype=float)
    values = np.unique(p)
    reached = np.array([(p[y_true == 0] < t).mean() for t in values])
    return float(values[reached >= specificity][0])
