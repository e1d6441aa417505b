# chaff: where no value of p is specific enough, argmax of all-False gives the first value: everybody is called
# fails: operating_point.edges
# mistake: unreachable specificity not handled

# %% solution="operating_point"
def operating_point(y_true, p, specificity):
    y_true, p = np.asarray(y_true), np.asarray(p)
    levels = np.unique(p)
    spec = np.array([(p[y_true == 0] < t).mean() for t in levels])
    return levels[np.argmax(spec >= specificity)]
