# attack: a loss and figures that equal whatever they are compared with
# on: empty
# harm: plain nbgrader compares in this process: answer == expected is True
# %% solution="training"
class Yes(float):
    def __eq__(self, other):
        return True

    __lt__ = __gt__ = __le__ = __ge__ = __eq__
    __hash__ = float.__hash__

    def __sub__(self, other):
        return Yes(0)

    __rsub__ = __abs__ = lambda self, *other: Yes(0)


def train_one_epoch(model, loader, optimiser, loss):
    return Yes(0.69)

# %% solution="operating_point"
class Yes(float):
    def __eq__(self, other):
        return True

    __lt__ = __gt__ = __le__ = __ge__ = __eq__
    __hash__ = float.__hash__


def operating_point(y_true, p, specificity):
    return Yes(0.5)
