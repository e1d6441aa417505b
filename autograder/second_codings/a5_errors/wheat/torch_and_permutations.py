# wheat: heat with torch and einsum; the summary with numpy and boolean masks; a permutation test that shuffles the calls within each true class, with a least effect

# %% solution="error_table"
import torch


def error_table(names, y_true, p_glaucoma, heatmaps, disc_masks, threshold):
    L = torch.as_tensor(np.asarray(heatmaps)).double()
    D = torch.as_tensor(np.asarray(disc_masks)).double()
    inside = torch.einsum("nhw,nhw->n", L, D)
    share = inside / L.flatten(1).sum(1)  # 0/0 is nan
    lift = share * D[0].numel() / D.flatten(1).sum(1)
    p = torch.as_tensor(np.asarray(p_glaucoma)).double()
    y = torch.as_tensor(np.asarray(y_true)).long()
    call = (p >= threshold).long()
    conf = torch.stack([1 - p, p], dim=1).gather(1, call[:, None]).squeeze(1)
    code = (2 * y + call).tolist()
    rank = ((conf >= 0.7).long() + (conf >= 0.9).long()).tolist()
    return pd.DataFrame(
        {
            "disc_lift": lift.numpy(),
            "disc_share": share.numpy(),
            "band": [("low", "middle", "high")[r] for r in rank],
            "group": [("TN", "FP", "FN", "TP")[c] for c in code],
            "confidence": conf.numpy(),
            "p_glaucoma": p.numpy(),
            "predicted": [("normal", "glaucoma")[c] for c in call.tolist()],
            "true": [("normal", "glaucoma")[c] for c in y.tolist()],
            "image": list(names),
        }
    )


# %% solution="summary"
import warnings


def group_summary(table):
    g = table["group"].astype(str).to_numpy()
    c = table["confidence"].to_numpy(float)
    lift = table["disc_lift"].to_numpy(float)
    index = ["TN", "TP", "FN", "FP"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        block = np.array(
            [[np.sum(g == k), np.nanmean(c[g == k]), np.nanmean(lift[g == k])] for k in index]
        )
    return pd.DataFrame(block, index=index, columns=["n", "mean_confidence", "mean_disc_lift"])


# %% solution="shortcut"
from scipy.stats import rankdata


def find_shortcut(table, attributes, n_shuffles=300, least=0.25):
    a = attributes.loc[list(table["image"])]
    called = (table["predicted"].astype(str) == "glaucoma").to_numpy()
    strata = [
        np.flatnonzero((table["true"].astype(str) == c).to_numpy()) for c in ("normal", "glaucoma")
    ]

    def effect(ranks, calls):
        """AUROC minus .5 from ranks."""
        n1 = calls.sum()
        n0 = len(calls) - n1
        if n1 == 0 or n0 == 0:
            return 0.0
        return (ranks[calls].sum() - n1 * (n1 + 1) / 2) / (n1 * n0) - 0.5

    rng = np.random.default_rng(0)
    accused = {}
    for name in a.columns:
        x = pd.factorize(a[name], sort=True)[0]  # codes in sorted order: ranks need no more
        parts = [(rankdata(x[s]), called[s]) for s in strata]
        seen = [effect(r, c) for r, c in parts]
        stat = min(abs(e) for e in seen)
        null = [
            min(abs(effect(r, rng.permutation(c))) for r, c in parts) for _ in range(n_shuffles)
        ]
        p_value = (1 + sum(v >= stat for v in null)) / (1 + n_shuffles)
        if p_value < 0.01 and stat > least and seen[0] * seen[1] > 0:
            accused[name] = stat
    return max(accused, key=accused.get, default=None)
