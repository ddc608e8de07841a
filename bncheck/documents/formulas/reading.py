"""stub"""
import re
from bncheck.errors import NotSupported
def read(tex):
    if re.search(r"overset|rightarrow\}|\\\\\\\\|\u2013", tex): raise NotSupported("x")
