# chaff: roc_curve with its default drop_intermediate=True: within a run of normal eyes thresholds are missing, the answer is too large
# fails: operating_point
# mistake: roc_curve drops intermediate thresholds

# %% solution="operating_point"
def operating_point(y_true, p, specificity):
    fpr, tpr, t = metrics.roc_curve(np.asarray(y_true), np.asarray(p))
    allowed = np.flatnonzero(1 - fpr >= specificity - 1e-12)
    return t[allowed[-1]]  # thresholds fall, so the last one is the smallest
