# attack: rewrite the kernel under the grader, so that every probe replies what it likes
# on: empty
# harm: plain nbgrader and otter keep verdict and test functions in this process; so rewritten all pass
# %% solution="overlay"
import inspect

EVERY = {"passed": True, "points": 25, "max_points": 25, "fraction": 1.0, "outcome": "passed"}
SHAPE = {"heatmaps": "images", "contrast": "images", "traces": "images"}


def forged(self, request, arrays):
    name, args = request["name"], request["args"]
    if name == "signature":
        return {"error": None, "value": args["names"], **EVERY}, {}
    if name == "layer":
        reply = [{"layer": True, "right": True, "type": "Conv2d", **EVERY} for _ in args["nets"]]
        return {"error": None, "value": reply, **EVERY}, {}
    images = arrays.get("images", np.zeros((1, 3, 8, 8)))
    out = {str(i): np.ones((len(images), *images.shape[2:])) for i in range(12)}
    out |= {name: out["0"] for name in ("first", "second", "again")}
    out |= {"state/" + name: value for name, value in arrays.items()}
    seen = {"hooks": 0, "grad": True, "clash": "", **EVERY}
    return {"error": None, "value": seen, **EVERY}, out


for level in inspect.stack():
    kernel = level.frame.f_locals.get("self")
    if hasattr(kernel, "probes"):
        type(kernel).call = forged


def overlay(image, heatmap, alpha):
    return None
