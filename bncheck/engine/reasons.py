"""Why a law was skipped, in the contract's words and a sentence."""

SKIPPED = {
    "ability": "ability: the target has no {needs}",
    "training": "ability: the target has no training mode",
    "convention": "convention: it speaks of conventions that the target has not",
    "no-promise": "no-promise: every bound was infinite, as overflow is allowed to happen there",
    "slow": "slow: a call on the cases that it is tried on takes longer than a call may",
    "excluded": "excluded: left out by a pattern with !",
    "budget": "budget: no case of this size of run came to it",
    "data": "budget: only the batches of --data were tried, and a law that makes calls of its own "
    "is tried only on small ones, of up to 4,096 values, whose other arrays are as usual",
    "silent": "budget: only the batches of --data were tried, and it says nothing about such ones",
    "time": "budget: the time was over before a case came to it",
    "interrupted": "budget: the run was interrupted before a case came to it",
    "lost": "budget: the target ended its process, or hung, too often before a case came to it",
    "unconfirmed": "budget: it failed on a large case, and the run was interrupted before exact "
    "arithmetic confirmed that",
    "fault": "fault: bncheck itself failed at it (see the notes)",
}
