# attack: closes every descriptor, the grader's channel among them
# on: solution
# harm: under --trust and plain nbgrader the kernel is lost, and with it the rest of the notebook's marks
# %% solution="overlay"
import os

os.closerange(3, 256)
