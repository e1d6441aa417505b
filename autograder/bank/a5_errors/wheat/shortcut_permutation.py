# wheat: permutes the calls within each class
# %% solution="shortcut"
def find_shortcut(table, attributes):
    rng = np.random.default_rng(0)
    facts = attributes.loc[list(table["image"])]
    called = (table["predicted"] == "glaucoma").to_numpy(dtype=float)
    truth = (table["true"] == "glaucoma").to_numpy()

    def centred(v):
        v = v.copy()
        for c in (True, False):
            v[truth == c] -= v[truth == c].mean()
        return v / v.std()

    X = np.stack([centred(pd.factorize(facts[n], sort=True)[0].astype(float)) for n in facts], axis=1)
    y = centred(called)
    seen = np.abs(X.T @ y)
    most = [0.0]
    for _ in range(200):
        shuffled = y.copy()
        for c in (True, False):
            shuffled[truth == c] = rng.permutation(y[truth == c])
        most.append(np.abs(X.T @ shuffled).max())
    return facts.columns[seen.argmax()] if seen.max() > max(most) else None
