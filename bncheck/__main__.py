"""``python -m bncheck`` and the console script ``bncheck``."""

import sys

from bncheck.cli import main

__all__ = ["main"]

if __name__ == "__main__":
    sys.exit(main())
