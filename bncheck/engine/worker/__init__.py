"""The worker: a process that loads a stranger's target, answers about it, and may be lost."""
