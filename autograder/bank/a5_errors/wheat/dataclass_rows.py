# wheat: dataclass rows, None for no heat, reversed

# %% solution="error_table"
from dataclasses import dataclass, asdict
CLASSES = ("normal", "glaucoma")

@dataclass
class Row:
    image: str
    true: str
    predicted: str
    p_glaucoma: float
    confidence: float
    group: str
    band: str
    disc_share: float
    disc_lift: float

def band_of(c):
    return "high" if c >= .9 else ("middle" if c >= .7 else "low")

def group_of(truth, call):
    return ("T" if truth == call else "F") + ("P" if call else "N")

def heat_on(heat, disc):
    if not heat.any():
        return None, None
    share = float((heat * disc).sum() / heat.sum())
    return share, share / float(disc.mean())

def error_table(names, y_true, p_glaucoma, heatmaps, disc_masks, threshold, **extra):
    made = []
    for name, y, p, heat, disc in zip(names, y_true, p_glaucoma, heatmaps, disc_masks):
        call = int(p >= threshold)
        conf = [1 - p, p][call]
        share, lift = heat_on(heat, disc)
        made.append(Row(name, CLASSES[int(y)], CLASSES[call], p, conf, group_of(int(y), call), band_of(conf), share, lift))
    return pd.DataFrame([asdict(r) for r in made]).iloc[::-1]

# %% solution="summary"
import warnings
def group_summary(table):
    order = ["TP", "TN", "FP", "FN"]
    pivot = table.pivot_table(index="group", values=["confidence", "disc_lift"], aggfunc="mean", dropna=False).reindex(order)
    counts = table["group"].value_counts().reindex(order).fillna(0).astype(int)
    out = pd.DataFrame({"n": counts, "mean_confidence": pivot["confidence"], "mean_disc_lift": pivot.get("disc_lift", pd.Series(np.nan, index=order))})
    out.columns.name = "whatever"
    return out

# %% solution="shortcut"
from scipy.stats import mannwhitneyu
def find_shortcut(table, attributes):
    lookup = attributes.to_dict("index")
    result = None
    best = 0.8
    for name in attributes.columns:
        values = [lookup[i][name] for i in table["image"]]
        kinds = sorted(set(values), key=str)
        codes = np.array([kinds.index(v) if isinstance(v, str) else float(v) for v in values])
        worst = 1.0
        for truth in ("normal", "glaucoma"):
            here = (table["true"] == truth).values
            yes = codes[here & (table["predicted"] == "glaucoma").values]
            no = codes[here & (table["predicted"] == "normal").values]
            if len(yes) == 0 or len(no) == 0:
                worst = 0; break
            auc = mannwhitneyu(yes, no).statistic / (len(yes) * len(no))
            worst = min(worst, max(auc, 1 - auc))
        if worst > best:
            result, best = str(name), worst
    return result
