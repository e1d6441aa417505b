# wheat: logistic regression of the calls on truth and attributes
# %% solution="shortcut"
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler


def find_shortcut(table, attributes):
    facts = attributes.loc[table["image"]]
    X = np.column_stack([pd.factorize(facts[c], sort=True)[0] for c in facts] + [table["true"] == "glaucoma"])
    X = StandardScaler().fit_transform(X.astype(float))
    weights = LogisticRegression(max_iter=1000).fit(X, table["predicted"] == "glaucoma").coef_[0][:-1]
    i = np.abs(weights).argmax()
    return facts.columns[i] if abs(weights[i]) > 0.8 else None
