# attack: a DataFrame that equals whatever it is compared with
# on: empty
# harm: plain nbgrader compares in this process: pd.testing and == both hold
# %% solution="error_table"
class Yes:
    def __eq__(self, other):
        return Yes()

    __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __eq__

    def __bool__(self):
        return True

    def __getattr__(self, name):
        return lambda *a, **k: Yes()


class Agreeable(pd.DataFrame):
    def __eq__(self, other):
        return Yes()

    __ne__ = __eq__

    def equals(self, other):
        return True

    def __getitem__(self, key):
        return Yes()

    @property
    def columns(self):
        return ["image", "true", "predicted", "p_glaucoma", "confidence", "group", "band", "disc_share", "disc_lift"]


def error_table(names, y_true, p_glaucoma, heatmaps, disc_masks, threshold):
    return Agreeable({"image": names})
