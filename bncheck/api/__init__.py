"""The top room for people who write Python: check a target, or raise with the report."""

from bncheck.api.checking import LawsBroken as LawsBroken
from bncheck.api.checking import assert_holds as assert_holds
from bncheck.api.checking import verify as verify
from bncheck.api.many import verify_many as verify_many
from bncheck.api.native import from_ctypes as from_ctypes
from bncheck.api.native import jitted as jitted
from bncheck.api.parametrizing import parametrize as parametrize
from bncheck.api.report import Report as Report
from bncheck.api.sharing import Broken as Broken
from bncheck.api.watching import Progress as Progress
from bncheck.engine import replay as replay
from bncheck.targets import adapt as adapt
