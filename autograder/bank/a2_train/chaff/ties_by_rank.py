# chaff: ties broken by position in AUROC
# fails: report.ranking
# says: ties-misjudged

# %% solution="report"
import pandas as pd
from scipy.stats import rankdata
def report(y_true, p, threshold):
    df = pd.DataFrame({"y": np.asarray(y_true), "p": np.asarray(p, dtype=float)})
    df["call"] = (df["p"] >= threshold).astype(int)
    table = pd.crosstab(df["y"], df["call"]).reindex(index=[0, 1], columns=[0, 1], fill_value=0)
    n1 = (df.y == 1).sum(); n0 = len(df) - n1
    r = rankdata(df.p, method='ordinal')
    u = r[(df.y == 1).values].sum() - n1 * (n1 + 1) / 2
    row = table.div(table.sum(axis=1), axis=0)
    return {"auroc": np.float32(u / (n0 * n1)), "auprc": metrics.average_precision_score(df.y, df.p),
            "sensitivity": row.loc[1, 1], "specificity": row.loc[0, 0], "confusion": table.values}
