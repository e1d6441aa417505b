# attack: every answer is a float (or dict, or list) that claims to equal, exceed and stay below everything
# on: empty

# %% solution="operating_point"
class Yes(float):
    def _yes(self, *_):
        return True

    __eq__ = __lt__ = __le__ = __gt__ = __ge__ = _yes
    __ne__ = lambda self, *_: False
    __hash__ = float.__hash__

    def __sub__(self, other):
        return Yes(0.0)

    __rsub__ = __add__ = __radd__ = __mul__ = __rmul__ = __sub__

    def __abs__(self):
        return Yes(0.0)

    def __array__(self, *args, **kwargs):
        return np.array(float("nan"))


def operating_point(y_true, p, specificity):
    return Yes("nan")


# %% solution="report"
class Agreeable(dict):
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    def __contains__(self, key):
        return True

    def __missing__(self, key):
        return Any()

    def get(self, key, default=None):
        return Any()


class Any(float):
    __eq__ = __le__ = __ge__ = lambda self, other: True
    __hash__ = float.__hash__
    __sub__ = __rsub__ = lambda self, other: 0.0


def report(y_true, p, threshold):
    return Agreeable()
