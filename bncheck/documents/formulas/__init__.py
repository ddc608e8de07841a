"""Formulas as they are laid out: one tree, which every format writes in its own language.

nodes      the tree
reading    LaTeX -> the tree; what it does not know it refuses, so that nothing comes out wrong
           (lines, tokens, cursor, rows, brackets, styling; signs and alphabets are the tables)
latex, typst, mathml, plain, spoken    the tree -> a language (heights, room)
width      how wide a formula is (metrics, of the font in font/)
breaking   a formula in lines that are no wider than the page (opening)
"""
