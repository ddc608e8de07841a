"""What is handed out: the book of all theorems, a summary, claims, exercises, a user's own page.

book        all theorems in chapters; `chapters/` has the words between them, as data
summary     the formulas on two pages
claims      what was printed elsewhere, judged
exercises   wrong layers to find, with answers
page        a derivation of a user, with its verdicts
prose, outline, catalogue, worked, verdicts    what they share
"""
