# wheat: a line between two eyes, found by sorting the normal ones
# %% solution="operating_point"
def operating_point(y_true, p, specificity):
    y = np.array([int(v) for v in y_true])
    p = np.array([float(v) for v in p])
    if specificity <= 0:
        return p.min() - 1
    normal = np.sort(p[y == 0])
    k = int(np.ceil(specificity * len(normal) - 1e-9))
    last = normal[k - 1]
    above = p[p > last]
    return (last + above.min()) / 2 if len(above) else last + 1
