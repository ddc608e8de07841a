"""The commands by name, as plain data: a module is imported when its command is chosen."""

from __future__ import annotations

# name -> what `bncheck --help` says of it, in its order
SUMMARIES = {
    "verify": "run the laws on an implementation",
    "init": "write a configuration and a workflow for this folder",
    "fingerprint": "tell the conventions and the variance algorithm of a black box",
    "compare": "run two implementations on the same cases",
    "merge": "one table out of many JSON reports",
    "prove": "re-check the symbolic proofs",
    "derive": "list the theorems, print or write derivations",
    "claim": "judge published formulas",
    "check": "judge the formulas of lecture notes, line by line",
    "laws": "list the laws, search them, or explain one",
    "deviations": "list the named ways of being wrong, search them, or explain one",
    "conventions": "list the keys of CONVENTION, or explain one",
    "explain": "explain whatever a report names",
    "lab": "measure what is said about batch normalization and no algebra decides",
    "replay": "run saved counterexamples again",
    "schema": "print the JSON Schema of the JSON report",
    "help": "say how a command is used, as --help does",
    "completion": "print a script that completes commands in a shell",
}

# where the module is not called as the command is
_MODULES = {"help": "helping"}


def module(name: str) -> str:
    """Return the name of the module of a command."""
    return f"bncheck.cli.{_MODULES.get(name, name)}"
