"""One claim a file: what was said, how it is tried, and what would show that it is not so."""
