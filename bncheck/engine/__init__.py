"""The engine: runs laws on a target that it can lose, and judges what they measured."""

from bncheck.engine import events as events
from bncheck.engine.comparing import compare as compare
from bncheck.engine.fingerprinting import fingerprint as fingerprint
from bncheck.engine.options import Options as Options
from bncheck.engine.replaying import Replay as Replay
from bncheck.engine.replaying import replay as replay
from bncheck.engine.run import plan as plan
from bncheck.engine.run import run as run
from bncheck.engine.run import verify as verify
from bncheck.engine.worker.replaceable import interrupt_all as interrupt_all
from bncheck.engine.worker.warm import keep as keep
from bncheck.engine.worker.warm import kept as kept
