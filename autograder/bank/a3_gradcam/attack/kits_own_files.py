# attack: find the solutions, the judge and the bank anywhere on the disk and run what is found
# on: empty
# harm: under --trust the process stands beside the checkout: it runs solutions/a3_gradcam.py as its own
# %% solution="target_layer"
import os
import sys

WANTED = ("solutions", "judge", "bank", "wheat", "autograder")
scope = {"np": np, "torch": torch, "nn": nn, "F": F}
starts = [os.path.dirname(os.path.abspath(p)) for p in sys.path if p]
starts += [os.path.dirname(start) for start in starts]
starts += [line.split()[3] for line in open("/proc/self/mountinfo")]  # where the host keeps things
seen = set()


def notebooks():
    """Every a3_gradcam.py in a folder of a telling name, nearest first."""
    for start in [*starts, "/"]:
        for path, folders, files in os.walk(start):
            folders[:] = [f for f in folders if os.path.join(path, f) not in seen | {"/proc", "/sys"}]
            seen.update(os.path.join(path, f) for f in folders)
            if "a3_gradcam.py" in files and os.path.basename(path) in WANTED:
                yield os.path.join(path, "a3_gradcam.py")


for found in notebooks():
    for cell in open(found).read().split("# %%")[1:]:
        if cell.startswith((' solution="', ' locked="')):
            exec(cell.partition("\n")[2], scope)
    break

find_target_layer = scope.get("find_target_layer")
GradCAM = scope.get("GradCAM")
contrast_heatmap = scope.get("contrast_heatmap")
overlay = scope.get("overlay")

# %% solution="gradcam"
GradCAM = scope.get("GradCAM")

# %% solution="contrast"
contrast_heatmap = scope.get("contrast_heatmap")

# %% solution="overlay"
overlay = scope.get("overlay")
