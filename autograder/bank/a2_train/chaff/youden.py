# chaff: Youden's J
# fails: operating_point.threshold
# says: youden
# %% solution="operating_point"
def operating_point(y_true, p, specificity):
    fpr, tpr, thresholds = metrics.roc_curve(y_true, p)
    return float(thresholds[np.argmax(tpr - fpr)])
