# chaff: the ranking figures are computed from the calls (a ROC of one point), by hand so that it doesn't show
# fails: report.ranking
# mistake: AUROC from calls instead of p

# %% solution="report"
def report(y_true, p, threshold):
    y = np.asarray(y_true)
    called = np.asarray(p) >= threshold
    cm = metrics.confusion_matrix(y, called, labels=[0, 1])
    sens = cm[1, 1] / cm[1].sum()
    spec = cm[0, 0] / cm[0].sum()
    fpr, tpr = np.array([0, 1 - spec, 1]), np.array([0, sens, 1])
    precision, recall, _ = metrics.precision_recall_curve(y, called)
    return {
        "auroc": metrics.auc(fpr, tpr),
        "auprc": -np.sum(np.diff(recall) * precision[:-1]),
        "sensitivity": sens,
        "specificity": spec,
        "confusion": cm,
    }
