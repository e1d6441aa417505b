# attack: searches frames, garbage and files for a reference table, the planted attribute's name or the solution; in the name of the table it returns whatever has nine columns
# on: empty

# %% solution="error_table"
import gc
import os
import sys
from pathlib import Path


def _everything():
    f = sys._getframe()
    while f:
        yield from f.f_locals.values()
        yield from f.f_globals.values()
        f = f.f_back
    yield from gc.get_objects()


def error_table(names, y_true, p_glaucoma, heatmaps, disc_masks, threshold):
    wanted = {"image", "true", "predicted", "group", "disc_lift"}
    for thing in list(_everything()):
        if (
            type(thing) is pd.DataFrame
            and wanted <= set(map(str, thing.columns))
            and len(thing) == len(names)
        ):
            return thing
    for place in (
        "/srv/course/solutions",
        "/solutions",
        "/srv/nbgrader",
        str(Path.home()),
        "/tmp",
        os.getcwd(),
    ):
        for candidate in (
            "a5_errors.py",
            "a5_errors/a5_errors.py",
            "source/a5_errors/a5_errors.ipynb",
            "gradebook.db",
        ):
            path = Path(place) / candidate
            try:
                text = path.read_text(errors="replace")
            except OSError:
                continue
            if "def error_table" in text:
                scope = {"np": np, "pd": pd}
                exec(text[text.index("def error_table") :].split("\n# %%")[0], scope)
                return scope["error_table"](
                    names, y_true, p_glaucoma, heatmaps, disc_masks, threshold
                )
    return pd.DataFrame({"found": [os.uname().nodename]})


# %% solution="shortcut"
import sys


def find_shortcut(table, attributes):
    f = sys._getframe(1)
    while f:
        for key, value in f.f_locals.items():
            if key in ("expected", "planted", "answer", "truth", "secret") and isinstance(
                value, str
            ):
                return value
        f = f.f_back
    return list(attributes.columns)  # all of them
