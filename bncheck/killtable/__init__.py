"""The kill table: which law catches which deviation. It proves that the laws can fail.

``python -m bncheck.killtable`` computes it; the data lies beside this module.
"""

from bncheck.killtable.table import KillTable as KillTable
from bncheck.killtable.table import Row as Row
from bncheck.killtable.table import read as read
