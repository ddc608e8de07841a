"""What the exit codes say, the same for every command."""

from __future__ import annotations

EXIT_CODES = {
    0: "everything checked holds",
    1: "something is wrong with the target",
    2: "nothing could be checked",
    3: "a fault of bncheck itself",
}

# what that is made of, and what to do
EXPLAINED = {
    0: "At least one thing was checked, and all that was checked holds. The last line of a report "
    "says what was not checked.",
    1: "A law, a proof or a claim fails, the target raised or hung where it should have answered, "
    "an ability that --require names is missing, or an entry of --expected no longer fails. "
    "`bncheck replay` runs a saved counterexample again. Where several are replayed, one that "
    "still fails is enough.",
    2: "An option, an argument or a file is wrong, the target does not load, no law applied to "
    "it, a shard is empty, a report that `merge` needs is missing, or the run was interrupted "
    "before all was checked. It says nothing about the target; the "
    "message says what to do.",
    3: "The target may be right or wrong; what was found before still stands. The message names a "
    "file with the traceback, or the report says what went wrong; please report it.",
}
