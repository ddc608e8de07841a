"""Inputs worth trying: recipes (plain data), how to build them, and named regimes of them.

The Hypothesis strategies are in `bncheck.cases.strategies`, imported only by who draws.
"""

from bncheck.cases.build import build as build
from bncheck.cases.build import lay_out as lay_out
from bncheck.cases.pasting import python_of as python_of
from bncheck.cases.recipe import Recipe as Recipe
from bncheck.cases.recipe import Values as Values
from bncheck.cases.recipe import from_plain as from_plain
from bncheck.cases.regime import Regime as Regime
from bncheck.cases.regime import admits as admits
from bncheck.cases.regime import within as within
from bncheck.cases.regimes import REGIME_NAMES as REGIME_NAMES
from bncheck.cases.regimes import REGIMES as REGIMES
