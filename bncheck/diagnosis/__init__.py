"""Which deviation explains the evidence: from failures to a cause with its reasons."""

from bncheck.diagnosis.diagnose import diagnose as diagnose
from bncheck.diagnosis.failures import Failure as Failure
from bncheck.diagnosis.failures import Subject as Subject
from bncheck.diagnosis.outcome import Cause as Cause
from bncheck.diagnosis.outcome import Diagnosis as Diagnosis
from bncheck.diagnosis.refused import Refused as Refused
from bncheck.diagnosis.refused import refused as refused
from bncheck.diagnosis.scripts import asked as asked
