# chaff: a tuple instead of a dictionary
# fails: report
# says: not-a-dict
# %% solution="report"
def report(y_true, p, threshold):
    y_true, p = np.asarray(y_true), np.asarray(p, dtype=float)
    called = (p >= threshold).astype(int)
    confusion = metrics.confusion_matrix(y_true, called, labels=[0, 1])
    (tn, fp), (fn, tp) = confusion.tolist()
    return metrics.roc_auc_score(y_true, p), metrics.average_precision_score(y_true, p), tp / (tp + fn), tn / (tn + fp), confusion
