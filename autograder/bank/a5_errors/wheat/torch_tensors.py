# wheat: torch inside, numbers as zero-dimensional tensors
# %% solution="error_table"
import torch


def error_table(names, y_true, p_glaucoma, heatmaps, disc_masks, threshold):
    heat, mask = torch.as_tensor(heatmaps), torch.as_tensor(disc_masks)
    p = torch.as_tensor(p_glaucoma)
    called = p >= threshold
    share = (heat * mask).sum((1, 2)) / heat.sum((1, 2))  # 0/0 is NaN
    lift = share / mask.float().mean((1, 2))
    confidence = torch.where(called, p, 1 - p)
    group = [("T" if bool(c) == bool(y) else "F") + "NP"[int(c)] for c, y in zip(called, y_true)]
    band = ["high" if c >= 0.9 else "middle" if c >= 0.7 else "low" for c in confidence]
    label = {0: "normal", 1: "glaucoma"}
    return pd.DataFrame(
        {
            "image": names,
            "true": [label[int(y)] for y in y_true],
            "predicted": [label[int(c)] for c in called],
            "p_glaucoma": list(p),
            "confidence": list(confidence),
            "group": group,
            "band": band,
            "disc_share": list(share),
            "disc_lift": list(lift),
        }
    )
