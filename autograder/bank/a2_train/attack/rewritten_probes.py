# attack: finds the functions that collect the evidence and replaces them
# on: empty
# harm: a checker that lives in the student's process reports what it is told to
# %% solution="training"
import gc
import sys


def forged(namespace, args, arrays):
    out = {f"state/{k[4:]}": v for k, v in arrays.items() if k.startswith("net/")}
    return {"steps": 5, "type": "float", "hangs": False}, {**out, "returned": np.array(0.69)}


def take_over():
    for thing in gc.get_objects():
        if isinstance(thing, dict) and thing.get("__name__") == "probes":
            thing["epoch"] = forged
            thing["lesson"] = lambda n, a, arrays: (None, {k: np.eye(2)[np.arange(len(arrays[k])) % 2] for k in ("images", "unseen")})


def train_one_epoch(model, loader, optimiser, loss):
    take_over()
    return 0.69


take_over()
