# chaff: false alarms for specificity
# fails: report.rates
# says: complement
# %% solution="report"
def report(y_true, p, threshold):
    y_true, p = np.asarray(y_true), np.asarray(p, dtype=float)
    called = (p >= threshold).astype(int)
    confusion = metrics.confusion_matrix(y_true, called, labels=[0, 1])
    (tn, fp), (fn, tp) = confusion.tolist()
    return {
        "auroc": metrics.roc_auc_score(y_true, p),
        "auprc": metrics.average_precision_score(y_true, p),
        "sensitivity": tp / (tp + fn),
        "specificity": fp / (tn + fp),
        "confusion": confusion,
    }
