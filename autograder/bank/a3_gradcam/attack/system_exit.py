# attack: raises SystemExit and KeyboardInterrupt when called
# on: solution
# harm: plain nbgrader stops at the cell; a grader in the same process exits with status 0
# %% solution="overlay"
import sys


def overlay(image, heatmap, alpha):
    sys.exit(0)

# %% solution="contrast"
def contrast_heatmap(model, target_layer, images):
    raise KeyboardInterrupt
