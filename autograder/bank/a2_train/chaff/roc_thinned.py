# chaff: roc_curve with its default thinning
# fails: operating_point.threshold
# says: roc-thinned
# %% solution="operating_point"
def operating_point(y_true, p, specificity):
    fpr, tpr, thresholds = metrics.roc_curve(y_true, p)
    return float(thresholds[np.flatnonzero(1 - fpr >= specificity - 1e-9)[-1]])
