"""x"""
from bncheck.symbolic.claims.verdict import Verdict
def updated(statement): return Verdict("undecided")
