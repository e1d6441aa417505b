#!/usr/bin/env bash
# Gradescope runs this once, as root, when it builds the image (Ubuntu 22.04 or newer).
set -euo pipefail
python=python3
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    apt-get update
    apt-get install -y python3.11
    python=python3.11
fi
apt-get install -y util-linux "$(basename "$("$python" -c 'import sys; print("python%d.%d" % sys.version_info[:2])')")-venv"
"$python" -m venv /opt/grader
# A graphics card is not needed: PIP_EXTRA_INDEX_URL may name an index with torch for CPUs only.
/opt/grader/bin/pip install --no-cache-dir -r /autograder/source/requirements.txt
