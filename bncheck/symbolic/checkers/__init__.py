"""Three ways to check an equation that share nothing but the tree it is written in.

normal_form  for every batch size, by `bncheck.symbolic.normal`
small_sizes  at m = 2 and 3, and for whole numbers at m = 4 and 5, with SymPy: sums written out as
             rational functions (`written_out`, `rooted_ring`, `quotients`), which SymPy
             differentiates
rationals    at random points (`points`, moved by `rational_roots`), in exact rational arithmetic
             with dual numbers (`duals`)

Each is a function of two expressions that returns ``None`` when they agree, or one sentence that
says how they differ; each raises NotSupported where it cannot say.
"""
