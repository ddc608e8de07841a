"""What is known to fail: entries of users, and faults of frameworks that come with the package."""

from bncheck.known.applying import apply as apply
from bncheck.known.applying import idle as idle
from bncheck.known.applying import stale as stale
from bncheck.known.applying import wanted as wanted
from bncheck.known.baseline import existing as existing
from bncheck.known.baseline import revised as revised
from bncheck.known.entries import NEEDED as NEEDED
from bncheck.known.entries import annotated as annotated
from bncheck.known.entries import faults as faults
from bncheck.known.entry import Entry as Entry
from bncheck.known.otherwise import Diagnosed as Diagnosed
from bncheck.known.otherwise import diagnosed as diagnosed
from bncheck.known.otherwise import failing as failing
from bncheck.known.otherwise import says_how as says_how
from bncheck.known.otherwise import surprising as surprising
from bncheck.known.reading import CONFIGURATION as CONFIGURATION
from bncheck.known.reading import KEYS as KEYS
from bncheck.known.reading import of as of
from bncheck.known.reading import read as read
