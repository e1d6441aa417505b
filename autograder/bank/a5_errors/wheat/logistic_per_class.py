# wheat: a tiny logistic regression per class

# %% solution="shortcut"
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
def find_shortcut(table, attributes):
    a = attributes.loc[table["image"].values]
    called = (table["predicted"] == "glaucoma").values
    power = {}
    for name in a:
        col = a[name]
        x = pd.to_numeric(col, errors="coerce")
        if x.isna().any():
            x = (col == col.iloc[0]).astype(float)
        x = StandardScaler().fit_transform(x.values.astype(float)[:, None])
        aucs = []
        for c in ("normal", "glaucoma"):
            k = (table["true"] == c).values
            m = LogisticRegression().fit(x[k], called[k])
            aucs.append(roc_auc_score(called[k], m.decision_function(x[k])))
        power[name] = min(aucs)
    name = max(power, key=lambda n: power[n])
    return name if power[name] >= .75 else None
