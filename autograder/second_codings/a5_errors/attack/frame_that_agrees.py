# attack: a DataFrame subclass and a str subclass that agree with every comparison, look-up and membership test
# on: empty

# %% solution="error_table"
class Chameleon(str):
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    def __hash__(self):
        return hash("glaucoma")

    def __float__(self):
        return 0.5


class Frame(pd.DataFrame):
    @property
    def _constructor(self):
        return Frame

    def __eq__(self, other):
        return True

    def __len__(self):
        return 40

    def equals(self, other):
        return True

    def __getitem__(self, key):
        return pd.Series([Chameleon("glaucoma")] * 40)


def error_table(names, y_true, p_glaucoma, heatmaps, disc_masks, threshold):
    return Frame({Chameleon("image"): [Chameleon("x")] * 40})


# %% solution="shortcut"
class Name(str):
    __eq__ = lambda self, other: True
    __ne__ = lambda self, other: False
    __hash__ = str.__hash__


def find_shortcut(table, attributes):
    return Name("anything")
