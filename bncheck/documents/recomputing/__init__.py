"""Programs that check a theorem again, with NumPy and SymPy and without bncheck.

python   an expression as Python, in which every sum is a sum and every derivative a derivative
cells    the programs of a theorem, and where in a document they go
tools    what the programs share: points, derivatives, the comparison; a notebook's first cell
"""
