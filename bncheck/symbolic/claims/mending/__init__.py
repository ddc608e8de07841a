"""The slips that people make when they write a formula down, undone on its syntax tree.

edit     one change at one place; trees with changes put in
places   the places of a tree, and how products and sums are taken apart there
author   the symbols in which the formula's author writes what is not printed yet
swaps    one symbol, gradient, index or number where another belongs
factors  a factor missing or too much, upside down; a sum missing or too much
powers   exponents, squares, roots, and eps beside the variance
terms    a sign, a term missing or too much; `forgotten` are terms that people leave out
averages the weights of an update
brackets a bracket that encloses too little or too much
trials   candidates are read (`rereading`), and looked at in intervals before anything is proved
search   one change first, then the same everywhere, then two
"""
