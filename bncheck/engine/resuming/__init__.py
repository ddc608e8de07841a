"""What was checked before and has not changed since: kept after each run, asked with --resume.

A report is kept with what it rests on: every file that the target's process read, and the plan. It
is shown again only where all of that is seen to be the same. Any doubt means to run again.
"""

from bncheck.engine.resuming.earlier import Earlier as Earlier
