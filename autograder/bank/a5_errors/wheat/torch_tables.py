# wheat: torch, extra column, named index

# %% solution="error_table"
import torch
def error_table(names, y_true, p_glaucoma, heatmaps, disc_masks, threshold):
    p = torch.as_tensor(np.asarray(p_glaucoma), dtype=torch.float64)
    y = torch.as_tensor(np.asarray(y_true)).long()
    L = torch.as_tensor(np.asarray(heatmaps)).double()
    D = torch.as_tensor(np.asarray(disc_masks)).double()
    pred = torch.ge(p, threshold).long()
    conf = torch.stack([1 - p, p], 1).gather(1, pred[:, None])[:, 0]
    share = (L * D).sum((1, 2)) / L.sum((1, 2))
    lift = share / D.mean((1, 2))
    out = pd.DataFrame(index=pd.Index(names, name="file"))
    out["image"] = names
    word = np.array(["normal", "glaucoma"], dtype=object)
    out["true"], out["predicted"] = word[y], word[pred]
    out["p_glaucoma"], out["confidence"] = p.numpy(), conf.numpy()
    out["group"] = np.array([["TN", "FP"], ["FN", "TP"]])[y, pred]
    out["band"] = np.select([conf.numpy() >= 0.9, conf.numpy() < 0.7], ["high", "low"], "middle")
    out["disc_share"], out["disc_lift"] = share.numpy(), lift.numpy()
    out["right"] = out["true"] == out["predicted"]
    return out

# %% solution="summary"
def group_summary(table):
    import warnings
    out = pd.DataFrame(columns=["n", "mean_confidence", "mean_disc_lift"], index=["TP", "TN", "FP", "FN"], dtype=float)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for g in out.index:
            sel = (table["group"] == g).to_numpy()
            out.loc[g] = [sel.sum(), np.nanmean(table["confidence"].to_numpy(float)[sel]), np.nanmean(table["disc_lift"].to_numpy(float)[sel])]
    return out
