"""Three ways to check an equation that share nothing but the tree it is written in.

normal_form  for every batch size, by `bncheck.symbolic.normal`
small_sizes  at m = 2 to 5, by SymPy: sums written out, derivatives and roots SymPy's own
rationals    at random points, in exact rational arithmetic with dual numbers

Each is a function of two expressions that returns ``None`` when they agree, or one sentence that
says how they differ; each raises NotSupported where it cannot say.
"""
