# attack: an answer that never comes, with signals blocked
# on: solution
# harm: plain nbgrader waits for its whole timeout, and its interrupt is blocked
# %% solution="contrast"
import signal
import time


def contrast_heatmap(model, target_layer, images):
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 32))
    while True:
        time.sleep(1)
