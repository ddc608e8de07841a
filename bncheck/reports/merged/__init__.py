"""Many JSON reports as one table, targets by dtypes and devices; and as one JSON object."""

from bncheck.reports.merged.gathering import Gathering as Gathering
from bncheck.reports.merged.gathering import Merged as Merged
