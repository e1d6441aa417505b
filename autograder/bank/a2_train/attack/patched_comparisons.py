# attack: allclose, equal and the metrics say yes to everything
# on: empty
# harm: plain nbgrader's hidden asserts call these very functions
# %%
import unittest

for module, names in {
    np: ("allclose", "array_equal", "isclose", "isfinite"),
    np.testing: ("assert_allclose", "assert_array_equal", "assert_almost_equal"),
    torch: ("allclose", "equal", "isclose"),
    torch.testing: ("assert_close",),
    metrics: ("roc_auc_score", "average_precision_score"),
}.items():
    for name in names:
        setattr(module, name, lambda *args, **kwargs: True)
for name in dir(unittest.TestCase):
    if name.startswith("assert"):
        setattr(unittest.TestCase, name, lambda *args, **kwargs: None)

# %% solution="training"
def train_one_epoch(model, loader, optimiser, loss):
    return 0.5

# %% solution="report"
def report(y_true, p, threshold):
    return {"auroc": 1, "auprc": 1, "sensitivity": 1, "specificity": 1, "confusion": [[1, 0], [0, 1]]}
