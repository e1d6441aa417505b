# wheat: many small helpers and DataFrame.apply row by row, prints and type hints; groupby.describe in the summary; AUROC for numbers, a crosstab for words and True/False

# %% solution="error_table"
def _share(heat: np.ndarray, mask: np.ndarray) -> float:
    total = float(np.sum(heat))
    if total <= 0:
        return float("nan")
    return float(np.sum(heat[mask])) / total


def _confidence(row) -> float:
    return row["p_glaucoma"] if row["predicted"] == "glaucoma" else 1.0 - row["p_glaucoma"]


def _band(c: float) -> str:
    if c < 0.7:
        return "low"
    if c < 0.9:
        return "middle"
    return "high"


def _group(row) -> str:
    match (row["true"], row["predicted"]):
        case ("glaucoma", "glaucoma"):
            return "TP"
        case ("normal", "normal"):
            return "TN"
        case ("normal", "glaucoma"):
            return "FP"
        case _:
            return "FN"


def error_table(
    names: list, y_true, p_glaucoma, heatmaps, disc_masks, threshold: float
) -> pd.DataFrame:
    print(f"error table of {len(names)} images")
    df = pd.DataFrame(index=range(len(names)))
    df["image"] = names
    df["true"] = ["glaucoma" if y == 1 else "normal" for y in y_true]
    df["p_glaucoma"] = [float(p) for p in p_glaucoma]
    df["predicted"] = df["p_glaucoma"].apply(lambda p: "glaucoma" if p >= threshold else "normal")
    df["group"] = df.apply(_group, axis=1)
    df["confidence"] = df.apply(_confidence, axis=1)
    df["band"] = df["confidence"].apply(_band)
    masks = [np.asarray(m, dtype=bool) for m in disc_masks]
    df["disc_share"] = [_share(np.asarray(h, dtype=float), m) for h, m in zip(heatmaps, masks)]
    df["disc_lift"] = df["disc_share"] / [np.count_nonzero(m) / m.size for m in masks]
    return df


# %% solution="summary"
def group_summary(table: pd.DataFrame) -> pd.DataFrame:
    told = table.groupby(table["group"].astype(str))[["confidence", "disc_lift"]].describe()
    out = pd.DataFrame(
        {
            "n": told[("confidence", "count")],
            "mean_confidence": told[("confidence", "mean")],
            "mean_disc_lift": told[("disc_lift", "mean")],
        }
    ).reindex(["TP", "TN", "FP", "FN"])
    out["n"] = out["n"].fillna(0)
    print(out)
    return out


# %% solution="shortcut"
def find_shortcut(table: pd.DataFrame, attributes: pd.DataFrame, least: float = 0.75) -> str | None:
    joined = attributes.add_prefix("attribute ").loc[table["image"]].reset_index(drop=True)
    joined["true"], joined["call"] = (
        table["true"].to_numpy(),
        (table["predicted"] == "glaucoma").to_numpy(),
    )
    suspicion: dict[str, float] = {}
    for name in attributes.columns:
        column = "attribute " + name
        values = []
        for _, part in joined.groupby("true"):
            if part[column].nunique() <= 2:
                frequencies = pd.crosstab(part["call"], part[column], normalize="index")
                if frequencies.shape == (2, 2):
                    gap = abs(frequencies.loc[True].iloc[0] - frequencies.loc[False].iloc[0])
                else:
                    gap = 0.0
                values.append(0.5 + gap / 2)  # the AUROC of a two-valued attribute
            else:
                auroc = roc_auc_score(part["call"], part[column].astype(float))
                values.append(max(auroc, 1 - auroc))
        suspicion[name] = min(values)
    print(suspicion)
    if not suspicion or max(suspicion.values()) < least:
        return None
    return max(suspicion, key=suspicion.get)
