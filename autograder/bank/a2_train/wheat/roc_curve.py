# wheat: roc_curve without thinning
# %% solution="operating_point"
def operating_point(y_true, p, specificity):
    y, s = torch.as_tensor(y_true).numpy(), torch.as_tensor(p).double().numpy()
    fpr, tpr, thresholds = metrics.roc_curve(y, s, drop_intermediate=False)
    return thresholds[np.flatnonzero(1 - fpr >= specificity - 1e-12)[-1]]
