# chaff: "sensitivity" is how many of the called are ill (precision), "specificity" how many of the uncalled are healthy: the columns of the table, not its rows
# fails: report.rates
# mistake: predictive values instead of sensitivity and specificity

# %% solution="report"
def report(y_true, p, threshold):
    y, p = np.asarray(y_true), np.asarray(p)
    cm = metrics.confusion_matrix(y, p >= threshold, labels=[0, 1])
    with np.errstate(all="ignore"):
        rates = np.diag(cm) / cm.sum(axis=0)
    return {
        "auroc": metrics.roc_auc_score(y, p),
        "auprc": metrics.average_precision_score(y, p),
        "sensitivity": rates[1],
        "specificity": rates[0],
        "confusion": cm,
    }
