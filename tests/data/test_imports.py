"""Importing the data room is quiet and brings neither torch nor matplotlib."""

import subprocess
import sys


def test_import_is_light():
    program = (
        "import sys, glaucam.data; "
        "print(sorted({'torch', 'matplotlib', 'pandas', 'sklearn'} & set(sys.modules)))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, text=True
    )
    assert run.stdout.strip() == "[]"
    assert run.stderr == ""


def test_framing_needs_no_torch():
    program = (
        "import sys, numpy; from glaucam.data import Preprocessing; "
        "Preprocessing().scaled(numpy.zeros((9, 9, 3), 'uint8')); print('torch' in sys.modules)"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, text=True
    )
    assert run.stdout.strip() == "False"
