# wheat: everything by hand in numpy, tensors in the dictionary, extra keys
# %% solution="report"
def report(y_true, p, threshold):
    y, p = np.asarray(y_true).astype(bool), np.asarray(p, dtype=float)
    called = p >= threshold
    pairs = np.subtract.outer(p[y], p[~y])
    order = np.argsort(-p, kind="stable")
    last = np.append(np.diff(p[order]) != 0, True)
    hits = np.cumsum(y[order])[last]
    recall, precision = hits / y.sum(), hits / (np.flatnonzero(last) + 1)
    confusion = np.zeros((2, 2), int)
    np.add.at(confusion, (y.astype(int), called.astype(int)), 1)
    return dict(
        auroc=torch.tensor((pairs > 0).mean() + (pairs == 0).mean() / 2),
        auprc=np.sum(np.diff(np.append(0, recall)) * precision),
        sensitivity=called[y].mean(),
        specificity=(~called[~y]).mean(),
        confusion=torch.from_numpy(confusion),
        accuracy=(called == y).mean(),
        n=len(p),
    )
