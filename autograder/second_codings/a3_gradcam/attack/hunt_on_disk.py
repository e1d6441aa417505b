# attack: looks for the solution source, the bank, wheels, caches and byte code of the library on every readable path, and executes them
# on: empty
# %% solution="contrast"
import os
import sys
import zipfile


def _sources():
    roots = [
        "/home",
        "/tmp",
        "/root",
        "/opt",
        "/srv",
        "/mnt",
        "/proc/1/root",
        "/proc/self/cwd",
        "..",
        *sys.path,
    ]
    wanted = ("a3_gradcam.py", "gradcam.py", "explanation.py", "target_layer.py", "reference.py")
    n = 0
    for root in roots:
        for folder, _, files in os.walk(root or "."):
            n += 1
            if n > 20000:
                return
            for f in files:
                path = os.path.join(folder, f)
                try:
                    if f in wanted:
                        yield open(path).read()
                    elif f.endswith((".whl", ".zip")):
                        z = zipfile.ZipFile(path)
                        yield from (
                            z.read(i).decode()
                            for i in z.namelist()
                            if os.path.basename(i) in wanted
                        )
                except Exception:
                    pass


def contrast_heatmap(model, target_layer, images):
    for text in _sources():
        space = dict(globals())
        try:
            exec(text.replace("### BEGIN SOLUTION", "").replace("### END SOLUTION", ""), space)
            fn = space["contrast_heatmap"]
            if fn is not contrast_heatmap:
                return fn(model, target_layer, images)
        except Exception:
            continue
    raise FileNotFoundError("no solution on this disk")
