"""Judges formulas that other people printed.

lexer    LaTeX text -> tokens with positions
syntax   tokens -> a syntax tree (Pratt's method), with limits on depth and size
nodes    the syntax tree
meaning  syntax tree -> a statement about batch normalization; what is ambiguous is refused;
         `quantities` are the words, `labels` the indices
judge    statement -> verdict, with conditions, counterexample and correction
repair   finds the smallest change that makes a false formula true
files    claims in TOML

Nothing that a file says is ever evaluated as code, and nothing is guessed: what is unknown or
ambiguous is ``undecided``, with a reason.
"""
