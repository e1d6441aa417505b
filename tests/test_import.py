"""Importing the library costs next to nothing and does nothing."""

from __future__ import annotations

import json
import subprocess
import sys

PROBE = """
import sys, threading, time, json, os
before = set(os.listdir("."))
start = time.process_time()
import glaucam
seconds = time.process_time() - start
heavy = [m for m in ("torch", "torchvision", "matplotlib", "numpy", "pandas") if m in sys.modules]
print(json.dumps({
    "seconds": seconds,
    "heavy": heavy,
    "threads": threading.active_count(),
    "new": sorted(set(os.listdir(".")) - before),
}))
"""


def probe(folder) -> tuple[dict, str]:
    done = subprocess.run(
        [sys.executable, "-c", PROBE], capture_output=True, text=True, cwd=folder, check=True
    )
    return json.loads(done.stdout), done.stderr


def test_importing_is_fast_silent_and_without_torch(tmp_path):
    runs = [probe(tmp_path) for _ in range(3)]
    for seen, stderr in runs:
        assert seen["heavy"] == []
        assert seen["threads"] == 1
        assert seen["new"] == []
        assert stderr == ""
    # The fastest of three: a busy machine is not the library's fault.
    assert min(seen["seconds"] for seen, _ in runs) < 0.3


def test_holding_the_registries_does_not_import_torch():
    code = "import glaucam, sys; glaucam.METHODS, glaucam.MODELS; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_every_public_name_is_there():
    import glaucam

    for name in glaucam.__all__:
        assert getattr(glaucam, name) is not None
        assert name in dir(glaucam)
