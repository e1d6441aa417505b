# wheat: a defaultdict of lists, np.average with weights for the share; Counter and fmean in the summary; rank correlation within each class

# %% solution="error_table"
from collections import defaultdict


def error_table(names, y_true, p_glaucoma, heatmaps, disc_masks, threshold):
    columns = defaultdict(list)
    right = {("normal", "normal"): "TN", ("glaucoma", "glaucoma"): "TP"}
    wrong = {("normal", "glaucoma"): "FP", ("glaucoma", "normal"): "FN"}
    for name, y, p, heat, mask in zip(
        names, np.asarray(y_true), np.asarray(p_glaucoma), heatmaps, disc_masks
    ):
        t, q = "glaucoma" if y else "normal", "normal" if p < threshold else "glaucoma"
        c = {"glaucoma": p, "normal": 1 - p}[q]
        heat, mask = np.asarray(heat, dtype=np.float64), np.asarray(mask, dtype=bool)
        columns["image"].append(name)
        columns["true"].append(t)
        columns["predicted"].append(q)
        columns["p_glaucoma"].append(p)
        columns["confidence"].append(c)
        columns["group"].append({**right, **wrong}[t, q])
        columns["band"].append(
            next(b for b, low in (("high", 0.9), ("middle", 0.7), ("low", -1)) if c >= low)
        )
        try:
            share = float(np.average(mask, weights=heat))
        except ZeroDivisionError:
            share = np.nan
        columns["disc_share"].append(share)
        columns["disc_lift"].append(share / mask.mean())
    return pd.DataFrame(columns)


# %% solution="summary"
from collections import Counter
from statistics import fmean


def group_summary(table):
    counts = Counter(table["group"].tolist())

    def mean(values):
        values = [v for v in values if v == v]
        return fmean(values) if values else float("nan")

    rows = {}
    for g in ("FP", "FN", "TP", "TN"):
        where = [x == g for x in table["group"]]
        rows[g] = {
            "n": counts[g],
            "mean_confidence": mean(table["confidence"][where].tolist()),
            "mean_disc_lift": mean(table["disc_lift"][where].tolist()),
        }
    return pd.DataFrame.from_dict(rows, orient="index")


# %% solution="shortcut"
def find_shortcut(table, attributes):
    found = attributes.loc[table["image"].tolist()].copy()
    for name in found.columns:
        if not pd.api.types.is_numeric_dtype(found[name]) or pd.api.types.is_bool_dtype(
            found[name]
        ):
            found[name] = pd.factorize(found[name])[0]
    found.index = table.index
    called = table["predicted"].eq("glaucoma").astype(float)
    r = []
    for c in ("normal", "glaucoma"):
        eyes = table["true"].eq(c)
        r.append(found[eyes].astype(float).rank().corrwith(called[eyes]).abs())
    strength = pd.concat(r, axis=1).min(axis=1).fillna(0)
    return strength.idxmax() if strength.max() > 0.28 else None
