# attack: walks frames, garbage, modules and the file system for expected values, references and solutions, and returns what it finds
# on: empty

# %% solution="report"
import gc
import glob
import os
import sys


def _loot():
    found = []
    frame = sys._getframe()
    while frame is not None:
        for scope in (frame.f_locals, frame.f_globals):
            found += [
                v
                for k, v in list(scope.items())
                if any(
                    s in k.lower() for s in ("expected", "reference", "answer", "truth", "solution")
                )
            ]
        frame = frame.f_back
    for o in gc.get_objects():
        if type(o) is dict and {"auroc", "auprc", "confusion"} <= {k for k in o if type(k) is str}:
            found.append(o)
    for pattern in (
        "/srv/course/solutions/a2_train.py",
        "/**/solutions/a2_train.py",
        "/**/autograder/judge/a2_train.py",
        "/**/gradebook.db",
    ):
        try:
            for path in glob.iglob(pattern, recursive=pattern.count("**") < 1):
                found.append(open(path, errors="replace").read())
        except OSError:
            pass
    return found


def report(y_true, p, threshold):
    for item in _loot():
        if isinstance(item, dict) and {"auroc", "auprc", "confusion"} <= set(item):
            return dict(item)
        if isinstance(item, str) and "def report" in item:
            scope = {"np": np, "torch": torch, "metrics": metrics}
            exec(item[item.index("def report") :].split("# %%")[0], scope)
            return scope["report"](y_true, p, threshold)
    return {"auroc": os.environ.get("AUROC", "1"), "note": "nothing found"}
