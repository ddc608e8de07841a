"""``python -m bncheck`` and the console script ``bncheck``."""

import os
import sys

if __name__ == "__main__" and not sys.flags.safe_path and sys.path[:1] in ([""], [os.getcwd()]):
    # with ``-m`` Python looks for its own modules in the working folder first
    del sys.path[0]

from bncheck.cli import main

__all__ = ["main"]

if __name__ == "__main__":
    sys.exit(main())
