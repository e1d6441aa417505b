# attack: NaN, infinite, complex, empty, nested, and arrays that claim terabytes
# on: empty
# harm: plain nbgrader: NaN slips through `not (a > b)`, a claimed terabyte takes the grader's memory
# %% solution="gradcam"
from itertools import count

TURN = count()
MONSTERS = (
    lambda shape: np.full(shape, np.nan),
    lambda shape: np.full(shape, np.inf),
    lambda shape: np.full(shape, 1e308) * 10j,
    lambda shape: np.broadcast_to(np.float64(1), (shape[0], 1 << 20, 1 << 20)),
    lambda shape: np.empty((shape[0], 0, 0)),
    lambda shape: np.zeros((1,) * 32),
    lambda shape: torch.tensor(float("nan")).expand(shape),
    lambda shape: torch.zeros(shape, device="meta"),
    lambda shape: torch.sparse_coo_tensor(size=shape),
    lambda shape: [[[[]]]] * shape[0],
    lambda shape: np.array(["1" * 1000] * shape[0]),
    lambda shape: np.full(shape, -1e308),
)


class GradCAM:
    def __init__(self, model, target_layer):
        pass

    def __call__(self, images, class_index):
        return MONSTERS[next(TURN) % len(MONSTERS)]((len(images), *images.shape[2:]))

    def remove(self):
        pass


# %% solution="contrast"
def contrast_heatmap(model, target_layer, images):
    return MONSTERS[next(TURN) % len(MONSTERS)]((len(images), *images.shape[2:]))


# %% solution="overlay"
def overlay(image, heatmap, alpha):
    return np.broadcast_to(np.uint8(1), (1 << 20, 1 << 20, 3))
