# attack: end the process with status 0 before anybody can ask, in the cell and in every answer
# on: empty
# harm: graders that judge by exit status see success; plain nbgrader loses kernel, outputs and the run
# %% solution="target_layer"
import atexit
import os


def find_target_layer(model):
    raise SystemExit(0)


# %% solution="gradcam"
class GradCAM:
    def __init__(self, model, target_layer):
        raise KeyboardInterrupt

    def __call__(self, images, class_index):
        raise GeneratorExit


# %% solution="contrast"
def contrast_heatmap(model, target_layer, images):
    os._exit(0)


# %% solution="overlay"
atexit.register(os._exit, 0)
os._exit(0)
