# attack: ends the process with status 0 inside the answer
# on: empty
# harm: plain nbgrader gives full marks to cells that printed nothing before the kernel ended
# %% solution="summary"
import os


def group_summary(table):
    os._exit(0)
