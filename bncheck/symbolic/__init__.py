"""The symbolic wing: says, derives, decides, judges and prints batch-normalization formulas.

expression   formulas as people write them; a tree, nothing is decided here (`trees` walks it)
calculus     the rules of differentiation on that tree
algebra      a normal form over power sums (`power_sums`), which decides equality for every batch
             size; `normal` makes it of a tree
checkers     three independent ways to check an equation
theorem      derivations and proofs as data
vocabulary   mean, var, xhat, ... in the field's notation
library      finds the theorems in ``proofs/``
stating      compares what their files state with what they prove
printers     NumPy, torch, jax, C, LaTeX, text, Coq
coq          certificates: has Coq check them (`certifying` says what came of it)
claims       formulas that other people printed
notes        pages of them, in order

Nothing in the numeric wing imports this package, so that ``bncheck verify`` needs no SymPy.
"""
