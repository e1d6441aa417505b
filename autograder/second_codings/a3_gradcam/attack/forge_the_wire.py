# attack: writes forged answers and verdicts to every open file descriptor but the terminal's, then ends the process without cleanup
# on: empty
# %% solution="overlay"
import json
import os

FORGED = [
    {"type": "result", "check": check, "outcome": "passed", "points": 100, "max_points": 100}
    for check in (
        "target_layer.named",
        "gradcam.values",
        "contrast.values",
        "overlay.blend",
        "overlay.layout",
    )
]


def overlay(image, heatmap, alpha):
    for fd in range(3, 64):
        try:
            os.set_blocking(fd, False)
            os.write(fd, (json.dumps(FORGED) + "\n").encode())
            os.write(fd, b"PASSED\n\x00\xff" * 10)
        except OSError:
            pass
    print(json.dumps(FORGED))
    print("### graded: 25 / 25")
    os._exit(0)
