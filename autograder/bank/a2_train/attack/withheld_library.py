# attack: takes the library's own network, metrics and threshold
# on: empty
# harm: under --trust these imports work and bring 16 of 25 points
# %% solution="model"
from glaucam.models.retinal_cnn import RetinalCNN

# %% solution="operating_point"
from glaucam.metrics.classification import operating_point

# %% solution="report"
from glaucam.metrics.classification import auroc, auprc, confusion, sensitivity_specificity


def report(y_true, p, threshold):
    P = np.stack([1 - np.asarray(p), p], axis=1)
    sensitivity, specificity = sensitivity_specificity(y_true, p, threshold)
    table = confusion(y_true, (np.asarray(p) >= threshold).astype(int), 2)
    return {"auroc": auroc(y_true, P), "auprc": auprc(y_true, P), "sensitivity": sensitivity, "specificity": specificity, "confusion": table}
