# chaff: the threshold is the quantile of the normal eyes: numpy interpolates, and the eye at the line is called
# fails: operating_point
# mistake: quantile of the normal eyes (interpolated)

# %% solution="operating_point"
def operating_point(y_true, p, specificity):
    normal = np.asarray(p, dtype=float)[np.asarray(y_true) == 0]
    return float(np.quantile(normal, specificity))
