"""What a proof's file says it proves, compared with what is proved.

sections   the labelled parts of a docstring; its statement, one formula for each equation
reading    the formulas, read as `claims` reads them, with the theorem's own letters
surface    when two sides say the same: equal, in the same quantities and derivatives
agreeing   statement and domain against the theorem's equations, and what they need to have a value
"""
