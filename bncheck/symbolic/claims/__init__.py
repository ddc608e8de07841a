"""Judges formulas that other people printed.

lexer    LaTeX text -> tokens with positions
syntax   tokens -> a syntax tree (Pratt's method), with limits on depth and size; `cursor` and
         `names` are its lower parts, `nodes` the tree
meaning  syntax tree -> a statement about batch normalization; what is ambiguous is refused.
         `symbols` says what a symbol means, `letters` how a formula uses its letters,
         `quantities` are the words, `labels` the indices,
         `given` what a page defines, `derivatives` by what is differentiated
walking  takes syntax trees apart; `printing` makes LaTeX of them, in the symbols that `spelling`
         finds in the text
assignments  updates and definitions: which symbol is the old value (`steps`), which the
         batch's
statement  both sides of a relation, as expressions
judge    statement -> `verdict`. `quotients` says what is equal, `conditions` looks for what makes
         it true, `shown` for what the formula shows, `domain` for what it needs to have a value
         (`signs`), `totals` for total derivatives
inequalities  proved from `facts`, by exact linear programming (`cone`); `updates` are compared
counterexample  the smallest point at which both sides differ: `trials` are the points, and
         `enclosures` encloses what is irrational there
repair   finds the smallest change that makes a false formula true
tables/  worked examples: columns of numbers
files    claims in TOML

Nothing that a file says is ever evaluated as code, and nothing is guessed: what is unknown or
ambiguous is ``undecided``, with a reason.
"""
