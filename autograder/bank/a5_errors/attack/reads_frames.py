# attack: takes any finished table out of frames and the garbage collector
# on: empty
# harm: plain nbgrader holds the expected table in this very process
# %% solution="error_table"
import gc
import sys


def error_table(names, y_true, p_glaucoma, heatmaps, disc_masks, threshold):
    frame = sys._getframe()
    found = []
    while frame is not None:
        found += [*frame.f_locals.values(), *frame.f_globals.values()]
        frame = frame.f_back
    for thing in [*found, *gc.get_objects()]:
        if isinstance(thing, pd.DataFrame) and "disc_lift" in thing.columns and len(thing) == len(names):
            return thing
        if hasattr(thing, "table") and isinstance(getattr(thing, "table", None), pd.DataFrame):
            return thing.table
    return pd.DataFrame({"image": names})
