# attack: a cell that never ends, ignores every signal and swallows every exception
# on: solution
# harm: plain nbgrader waits for its whole timeout, without one for ever, and interrupts in vain
# %% solution="overlay"
import signal

for number in set(range(1, 32)) - {signal.SIGKILL, signal.SIGSTOP}:
    signal.signal(number, signal.SIG_IGN)
while True:
    try:
        while True:
            pass
    except BaseException:
        continue


def overlay(image, heatmap, alpha):
    colours = 255 * colormaps["viridis"](np.asarray(heatmap))[..., :3]
    return ((1 - alpha) * np.asarray(image) + alpha * colours).round().astype(np.uint8)
