"""Conventions and numerics of a black box, in a handful of calls.

What is told is what the numbers enclose: each probe is made so that exact arithmetic and the
bounds of `truth.rounding` leave only some ways of computing, and all that are left are named.
"""

from bncheck.fingerprint.examine import examine as examine
from bncheck.fingerprint.nouns import Curve as Curve
from bncheck.fingerprint.nouns import Fingerprint as Fingerprint
from bncheck.fingerprint.nouns import Stability as Stability
from bncheck.fingerprint.nouns import Trait as Trait
from bncheck.fingerprint.nouns import from_plain as from_plain
from bncheck.fingerprint.nouns import stability_from as stability_from
