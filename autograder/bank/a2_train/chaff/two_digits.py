# chaff: rates rounded to two digits
# fails: report.rates
# says: rounded
# %% solution="report"
def report(y_true, p, threshold):
    y_true, p = np.asarray(y_true), np.asarray(p, dtype=float)
    called = (p >= threshold).astype(int)
    confusion = metrics.confusion_matrix(y_true, called, labels=[0, 1])
    (tn, fp), (fn, tp) = confusion.tolist()
    return {
        "auroc": metrics.roc_auc_score(y_true, p),
        "auprc": metrics.average_precision_score(y_true, p),
        "sensitivity": round(tp / (tp + fn), 2),
        "specificity": round(tn / (tn + fp), 2),
        "confusion": confusion,
    }
