# chaff: the confusion table has the calls in its rows (pd.crosstab with the arguments the other way round)
# fails: report.confusion
# mistake: confusion table transposed

# %% solution="report"
import pandas as pd


def report(y_true, p, threshold):
    y, p = np.asarray(y_true).astype(int), np.asarray(p)
    called = (p >= threshold).astype(int)
    table = pd.crosstab(pd.Series(called), pd.Series(y)).reindex(
        index=[0, 1], columns=[0, 1], fill_value=0
    )
    return {
        "auroc": metrics.roc_auc_score(y, p),
        "auprc": metrics.average_precision_score(y, p),
        "sensitivity": called[y == 1].mean(),
        "specificity": (1 - called[y == 0]).mean(),
        "confusion": table.values,
    }
