# chaff: always .5
# fails: operating_point.threshold, operating_point.edges
# says: fixed-threshold
# %% solution="operating_point"
def operating_point(y_true, p, specificity):
    return 0.5
