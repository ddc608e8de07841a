"""``python -m bncheck`` and the console script ``bncheck``."""

import os
import sys

if __name__ == "__main__" and not sys.flags.safe_path and sys.path[:1] in ([""], [os.getcwd()]):
    # ``python -m`` puts the working folder first, where a resource.py or signal.py of somebody's
    # would stand for Python's own; targets are looked for there all the same
    del sys.path[0]

try:
    from bncheck.cli import main
except KeyboardInterrupt:
    # at once: Python would end by SIGINT where Ctrl-C came while it ran a string, as dataclasses do
    try:  # noqa: SIM105 # nothing may be imported any more
        os.write(2, b"bncheck: interrupted before anything was checked\n")
    except OSError:
        pass
    os._exit(2)

__all__ = ["main"]

if __name__ == "__main__":
    sys.exit(main())
