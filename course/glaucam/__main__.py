"""``python -m glaucam`` is ``glaucam``."""

import sys

from glaucam.cli import main

if __name__ == "__main__":
    sys.exit(main())
