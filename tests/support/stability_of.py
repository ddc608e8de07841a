"""Stability maps for the tests of what is drawn of them."""

import math


def curve(output="y", against="mean/std", errors=(1.0, 30.0, 9e3), allowed=(1e3, 1e5, math.inf)):
    at = [10.0**power for power in range(0, 3 * len(errors), 3)]
    told = {"output": output, "against": against, "at": at}
    return told | {"errors": list(errors), "allowed": list(allowed)}


def plain(*curves, **more):
    """Return the plain form of a map, as a report holds it."""
    told = {"dtype": "float32", "unit": 2.0**-24, "keeps": {"y": 1000.0, "dx": 0.0}, "worst": []}
    return told | {"curves": list(curves or (curve(), curve("dx", errors=(1.0, 2e5, 8.0))))} | more
