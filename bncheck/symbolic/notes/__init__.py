"""Judges a page of formulas: lecture notes in LaTeX, Markdown or a notebook.

sources   the formulas of a page, and where they stand
sections  which normalization a part of the page says it is about
macros    what a page defines, expanded
judging   formula by formula: what the page defines and assumes holds for what follows
rendering what was found as text, annotations and SARIF; `marking` writes it into a copy
"""
