"""What the laws say about the batch norms that people use: one row an implementation.

``python -m bncheck.scoreboard`` verifies every installed one, keeps the rows of the others, and
writes ``scoreboard.md`` and ``scoreboard.json``. Failures that are known have an entry, with the
reason and a page, in ``bncheck/known/faults.toml``; one that is not there, or an entry for which
nothing fails any more, is an error.
"""
