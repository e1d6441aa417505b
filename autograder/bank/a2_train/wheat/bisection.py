# wheat: binary search over the values, a numpy scalar back, 2.0 where none will do
# %% solution="operating_point"
def operating_point(y_true, p, specificity=0.95):
    p = np.asarray(p, dtype=np.float64).ravel()
    normal = p[np.asarray(y_true).ravel() < 1]
    values = np.append(np.unique(p), 2.0)
    low, high = 0, len(values) - 1
    while low < high:
        middle = (low + high) // 2
        if np.count_nonzero(normal < values[middle]) / len(normal) >= specificity:
            high = middle
        else:
            low = middle + 1
    return values[low]
