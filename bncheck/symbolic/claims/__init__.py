"""Judges formulas that other people printed.

lexer    LaTeX or Unicode text -> tokens with positions (`glyphs`: the same sign, typed otherwise;
         `plain`: chats and code, whose names are `identifiers`; `code_variance`: whose variance)
layout   takes off what only places a formula on the page (`decoration`), and writes values by cases
         (`branches`) and `indicators` with Kronecker's delta; `groups` finds braces
parts    equations, assumptions, definitions; `ranges` are words and ranges beside them
syntax   tokens -> a syntax tree (Pratt's method), with limits on depth and size; `cursor`, `names`
         `calculus` (derivatives, sums), `bracketed` (norms, lists) and `dots` (sums with dots) are
         its lower parts, `nodes` the tree
page     parts -> what is claimed, assumed and defined (`definitions`), and how it is read
meaning  syntax tree -> a statement about a normalization; what is ambiguous is refused.
         `symbols` says what a symbol means, `quantified` what of that depends on the
         normalization, `places` which entry is meant, `letters` how a formula uses its letters,
         `quantities` are the meanings, `norms` those of each normalization, `words` names of
         several letters, `labels` the indices,
         `given` is what `where` says, `derivatives` by what is differentiated;
         `matrices` reads vectors and matrices
echo     says how a formula was read
walking  takes syntax trees apart; `printing` makes LaTeX of them, in the symbols that `spelling`
         finds in the text, and `printing_plain` plain text
extremes  what is said of the largest and smallest value, of each; `populations` are means over
         batches
assignments  updates and definitions: which symbol is the old value (`steps`), which the
         batch's
rows     gradients of gamma and beta that are sums over rows, read for one row
statement  both sides of a relation, as expressions
judge    statement -> `verdict`. `quotients` says what is equal, `conditions` looks for what makes
         it true, `shown` for what the formula shows, `domain` for what it needs to have a value
         (`signs`), `totals` for total derivatives, `sizes` for one batch size,
         `senses` for a symbol with two meanings, as a bare sigma
inequalities  proved from `facts`, by exact linear programming (`cone`); `updates` are compared
counterexample  the smallest point at which both sides differ: `trials` are the points, and
         `enclosures` encloses what is irrational there
repair   finds the smallest change that makes a false formula true: `mending/` are the changes
tables/  worked examples: columns of numbers
files    claims in TOML

Nothing that a file says is ever evaluated as code, and nothing is guessed: what is unknown or
ambiguous is ``undecided``, with a reason.
"""
