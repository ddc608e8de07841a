"""Formulas as they are laid out: one tree, which every format writes in its own language.

nodes      the tree
reading    LaTeX -> the tree; what it does not know it refuses, so that nothing comes out wrong
latex, typst, mathml, plain, spoken    the tree -> a language
width      how wide a formula is; breaking    a formula in lines that are no wider than the page
"""
