"""The nouns. Frozen dataclasses with almost no behaviour; a missing ability is ``None``."""

from bncheck.model.case import Case as Case
from bncheck.model.convention import Convention as Convention
from bncheck.model.implementation import Ability as Ability
from bncheck.model.implementation import Domain as Domain
from bncheck.model.implementation import Implementation as Implementation
from bncheck.model.layer import Gradients as Gradients
from bncheck.model.layer import Layer as Layer
from bncheck.model.layer import State as State
from bncheck.model.norm import BATCH as BATCH
from bncheck.model.norm import NORMS as NORMS
from bncheck.model.norm import Norm as Norm
from bncheck.model.norm import NormName as NormName
from bncheck.model.report import Counterexample as Counterexample
from bncheck.model.report import Finding as Finding
from bncheck.model.report import NotChecked as NotChecked
from bncheck.model.report import Outcome as Outcome
from bncheck.model.report import Report as Report
from bncheck.model.report import Verdict as Verdict
from bncheck.model.report import exit_code_of as exit_code_of
