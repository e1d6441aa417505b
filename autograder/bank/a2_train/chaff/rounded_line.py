# chaff: rounded to 2 digits
# fails: operating_point
# says: rounded-threshold

# %% solution="operating_point"
import pandas as pd
def operating_point(y_true, p, specificity):
    df = pd.DataFrame({"y": np.asarray(y_true), "p": np.asarray(p, dtype=float)}).sort_values("p").reset_index(drop=True)
    neg = (df.y == 0).sum()
    t = None
    for value, group in df.groupby("p"):
        below = ((df.p < value) & (df.y == 0)).sum()
        if below / neg >= specificity:
            t = value
            break
    return round(t, 2) if t is not None else df.p.max() + 1e-6
