"""A theorem's section of a document: what is stated, how it is derived, how it was checked.

outlines     when two terms are printed alike; terms replaced by local names
measure      about how wide a term is printed
letters      letters that a theorem leaves free
quantities   the mean, variance and normalized values of anything but x get names of their own
naming       further local names, until every line fits the page
powers       powers as papers write them
writing      expressions with local names as formulas of a document
section      the state of one section: its names, what was told, its numbers
statement    what is stated; supposed  where it holds, in words
marking      the terms that the next rule is applied to
rules        the rule, in words
chains       derivations and inequalities, one rule a line
checked      how it was checked
prose        the words of a proof's file; plain and tokens  the formulas in them
example      both sides computed; worked  how that is shown
theorem      all of it
"""
