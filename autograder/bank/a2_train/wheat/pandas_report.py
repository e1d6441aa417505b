# wheat: a pandas Series, a DataFrame as table, the trapezoid area, three digits
# %% solution="report"
import pandas as pd


def report(y_true, p, threshold):
    y, p = pd.Series(np.asarray(y_true)), pd.Series(np.asarray(p, dtype=float))
    called = (p >= threshold).astype(int)
    precision, recall, _ = metrics.precision_recall_curve(y, p)
    table = pd.crosstab(y, called).reindex(index=[0, 1], columns=[0, 1], fill_value=0)
    return pd.Series({
        "auroc": round(metrics.roc_auc_score(y, p), 3),
        "auprc": round(metrics.auc(recall, precision), 4),
        "sensitivity": round(metrics.recall_score(y, called), 3),
        "specificity": round(metrics.recall_score(y, called, pos_label=0), 3),
        "confusion": table,
    })
