"""The stability map in words."""

import sys

from bncheck.reports.common import curves


def test_what_is_lost_is_told_in_words():
    worst = {"output": "y", "share": sys.float_info.max, "tried": 3}
    worst |= dict.fromkeys(("mean/std", "var/eps", "outlier/std"), 1.0)
    told = curves.worst(worst)
    assert told.startswith("y: NaN or infinite where a number is promised, at mean/std 1.0e+00")
    assert "7.5 of what rounding allows" in curves.worst({**worst, "share": 7.5})
