# chaff: takes the k-th normal eye, whatever stands beside it
# fails: operating_point.edges
# says: edge-of-the-range
# %% solution="operating_point"
def operating_point(y_true, p, specificity):
    y_true, p = np.asarray(y_true), np.asarray(p, dtype=float)
    normal = np.sort(p[y_true == 0])
    k = int(np.ceil(specificity * len(normal) - 1e-9))
    if k == 0:
        return float(p.min())
    order = np.sort(p)
    position = np.searchsorted(order, normal[k - 1]) + 1
    return float(order[position]) if position < len(order) else float("inf")
