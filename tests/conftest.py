"""What all tests start with."""

import os

# xdist sets it in its workers, and reports are as wide as it says
os.environ.pop("COLUMNS", None)
