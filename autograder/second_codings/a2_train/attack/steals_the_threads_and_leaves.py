# attack: right answers, and besides: poisons the random numbers and the default dtype, leaves a thread and a file behind, prints a verdict, terminal escapes and markup, exits when it is asked for the last piece
# on: solution

# %% solution="report"
import atexit
import sys
import threading
import time

torch.manual_seed(0)
np.random.seed(0)
torch.rand = lambda *a, **k: torch.zeros(a[0] if a and isinstance(a[0], tuple) else a)
torch.set_default_dtype(torch.float64)
threading.Thread(target=lambda: [time.sleep(1) for _ in range(30)], daemon=True).start()
atexit.register(lambda: print('{"points": 25, "max_points": 25, "outcome": "passed"}'))
print(
    "\x1b]0;graded\x07\x1b[2J<script>document.title='25/25'</script>=HYPERLINK(\"http://example.org\")"
)
print('{"check": "report.rates", "points": 100, "max_points": 2, "outcome": "passed"}')


def report(y_true, p, threshold):
    y, p = np.asarray(y_true), np.asarray(p)
    cm = metrics.confusion_matrix(y, p >= threshold, labels=[0, 1])
    print('{"points": 100}', file=sys.stderr)
    if len(y) % 2:
        raise SystemExit(0)
    return {
        "auroc": metrics.roc_auc_score(y, p),
        "auprc": metrics.average_precision_score(y, p),
        "sensitivity": cm[1, 1] / cm[1].sum(),
        "specificity": cm[0, 0] / cm[0].sum(),
        "confusion": cm,
    }
