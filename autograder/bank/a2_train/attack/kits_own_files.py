# attack: finds the solution, the judge and the library's own loop on the disk and runs what is found
# on: empty
# harm: under --trust the process stands beside the checkout: it runs solutions/a2_train.py as its own
# %% solution="model"
import os
import sys

scope = {"np": np, "torch": torch, "nn": nn, "F": F, "metrics": metrics}
roots = [os.path.dirname(os.path.abspath(p)) for p in sys.path if p]
roots += [os.path.dirname(root) for root in roots]
roots += [line.split()[3] for line in open("/proc/self/mountinfo")]
seen = set()


def sources():
    for root in [*roots, "/"]:
        for path, folders, files in os.walk(root):
            folders[:] = [f for f in folders if os.path.join(path, f) not in seen | {"/proc", "/sys"}]
            seen.update(os.path.join(path, f) for f in folders)
            if "a2_train.py" in files and os.path.basename(path) in ("solutions", "judge", "bank"):
                yield os.path.join(path, "a2_train.py")


for found in sources():
    for cell in open(found).read().split("# %%")[1:]:
        if cell.startswith((' solution="', ' locked="')):
            exec(cell.partition("\n")[2], scope)
    break

RetinalCNN, train_one_epoch = scope.get("RetinalCNN"), scope.get("train_one_epoch")
operating_point, report = scope.get("operating_point"), scope.get("report")

# %% solution="training"
train_one_epoch = scope.get("train_one_epoch")

# %% solution="operating_point"
operating_point = scope.get("operating_point")

# %% solution="report"
report = scope.get("report")
