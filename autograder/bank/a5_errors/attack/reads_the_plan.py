# attack: looks for what was planted among all objects, files and arguments
# on: empty
# harm: under --trust the judge's own modules lie on the disk and tell how shortcuts are drawn
# %% solution="shortcut"
import gc
import pathlib
import sys


def find_shortcut(table, attributes):
    for path in ("/work", "/jail", "/home", str(pathlib.Path.cwd())):
        for file in list(pathlib.Path(path).glob("**/a5_shortcut*.py"))[:3]:
            sys.path.insert(0, str(file.parent.parent.parent))
    try:
        from glaucam.checks.a5_shortcut import shortcuts

        for seed in range(50):
            for case in shortcuts(seed):
                if set(case.table["image"]) == set(table["image"]):
                    return case.plan.planted
    except Exception:
        pass
    for thing in gc.get_objects():
        planted = getattr(thing, "planted", None)
        if isinstance(planted, str):
            return planted
    return None
