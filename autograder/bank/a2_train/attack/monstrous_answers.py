# attack: NaN, infinities, huge and nested arrays, and a report of a million keys
# on: solution
# harm: a grader that compares or prints them in its own process stalls or crashes
# %% solution="operating_point"
def operating_point(y_true, p, specificity):
    return np.full((1 << 14, 1 << 10), np.nan)

# %% solution="report"
def report(y_true, p, threshold):
    figures = {str(i): float("inf") for i in range(1_000_000)}
    figures.update(auroc=1e308, auprc=complex(1, 1), sensitivity=[[[]]], specificity=float("nan"), confusion=np.zeros((1 << 12, 1 << 12)))
    return figures
