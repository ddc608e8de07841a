"""Judges worked examples: numbers that somebody printed for one channel.

numbers  what is a number, within limits
spans    intervals of rationals with open or closed ends; square roots by comparing squares
printed  a printed number: its value, the unit of its last digit, and what is printed as it
keeping  numbers rounded or cut to some digits before they are used
columns  a table
rules    how a table may have been computed, in words, and which rule is simpler
ways     from x to the deviations and to the variance, each stage exact, as printed or rounded
expected  what a rule gives in every cell
divisors  which divisors give the normalized and the scaled values
search   the simplest rule that gives every digit
blame    the cell that is wrong where there is none
slack    what rounding of x, or of binary arithmetic, leaves open
verdict  judge_table

All in exact rationals: a rule either gives a digit or does not.
"""
