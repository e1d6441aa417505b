# chaff: argmax where nothing is specific enough
# fails: operating_point.edges
# says: none-reaches
# %% solution="operating_point"
def operating_point(y_true, p, specificity):
    y_true, p = np.asarray(y_true), np.asarray(p, dtype=float)
    values = np.unique(p)
    return float(values[np.argmax([(p[y_true == 0] < t).mean() >= specificity for t in values])])
