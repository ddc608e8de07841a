"""Writes expressions: as text, LaTeX, and source code.

Code is printed from the expression as its author wrote it, never from the normal form: the
expanded power sums decide, but cancel catastrophically when they are evaluated.
"""
