# chaff: quantile without interpolation
# fails: operating_point.threshold
# says: quantile-between
# %% solution="operating_point"
def operating_point(y_true, p, specificity):
    y_true, p = np.asarray(y_true), np.asarray(p, dtype=float)
    return float(np.quantile(p[y_true == 0], specificity, method="higher"))
