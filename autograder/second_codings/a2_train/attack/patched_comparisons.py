# attack: patches every function a grader might compare with, and the checks module, then answers rubbish
# on: empty

# %% solution="training"
import builtins
import sys


def _true(*args, **kwargs):
    return True


for module in (torch, np):
    for name in ("allclose", "isclose", "equal", "array_equal", "array_equiv"):
        if hasattr(module, name):
            setattr(module, name, _true)
np.testing.assert_allclose = np.testing.assert_array_equal = lambda *a, **k: None
torch.testing.assert_close = lambda *a, **k: None
torch.Tensor.equal = torch.Tensor.allclose = _true
builtins.all = builtins.any = _true
for name, module in list(sys.modules.items()):
    if name.startswith(("glaucam", "autograder", "judge")):
        for key in list(vars(module)):
            if key.startswith(
                (
                    "check",
                    "training_",
                    "model_",
                    "operating_",
                    "report_",
                    "passed",
                    "verdict",
                    "score",
                    "grade",
                )
            ):
                try:
                    setattr(module, key, _true)
                except Exception:
                    pass


def train_one_epoch(model, loader, optimiser, loss):
    return torch.zeros(()).as_subclass(torch.Tensor)
