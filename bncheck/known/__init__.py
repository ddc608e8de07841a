"""Faults of frameworks that are known: data in this package, each with the versions it is about."""

from bncheck.known.entries import KEYS as KEYS
from bncheck.known.entries import Fault as Fault
from bncheck.known.entries import annotated as annotated
from bncheck.known.entries import faults as faults
from bncheck.known.entries import read as read
