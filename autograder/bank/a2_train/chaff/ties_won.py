# chaff: equal p counted as won
# fails: report.ranking
# says: ties-misjudged

# %% solution="report"
def report(y_true, p, threshold):
    y = np.array([int(v) for v in y_true]); s = np.array([float(v) for v in p])
    tp = fp = tn = fn = 0
    for yi, si in zip(y, s):
        if si >= threshold:
            if yi == 1: tp += 1
            else: fp += 1
        else:
            if yi == 1: fn += 1
            else: tn += 1
    pos, neg = s[y == 1], s[y == 0]
    wins = (pos[:, None] >= neg[None]).mean()
    ap, found = 0.0, 0
    for t in sorted(set(s), reverse=True):
        called = s >= t
        new = (y[called] == 1).sum()
        ap += (new - found) / len(pos) * (new / called.sum())
        found = new
    return dict(auroc=round(wins, 4), auprc=round(float(ap), 4), sensitivity=tp / (tp + fn), specificity=tn / (tn + fp), confusion=((tn, fp), (fn, tp)))
