"""A theorem's section of a document: what is stated, how it is derived, how it was checked.

outlines     when two terms are printed alike; terms replaced by local names
measure      about how wide a term is printed
quantities   the mean, variance and normalized values of anything but x get names of their own
naming       further local names, until every line fits the page
powers       powers as papers write them
marking      the terms that the next rule is applied to
rules        the rule, in words
statement    what is stated, and where it holds
checked      how it was checked
prose        the words of a proof's file
example      both sides computed; worked  how that is shown
theorem      all of it
"""
