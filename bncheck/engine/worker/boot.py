"""Starts a worker, or a parent of workers: its own imports come first, from where Python has them.

Run as a file. The folders that bncheck was imported from follow those of Python here, so that a
``json.py`` beside a target is not taken for the one of the standard library; once all is imported
the worker puts them into the order that the caller had.
"""

import os
import sys

if __name__ == "__main__":
    mark, memory, life, *folders = sys.argv[1:]
    home = os.path.abspath(os.path.join(os.path.dirname(__file__), *[os.pardir] * 3))
    sys.path += [folder for folder in (*folders, home) if folder not in sys.path]
    sys.argv[:] = ["bncheck"]  # a target may read it

    from bncheck.engine.worker.main import main

    if mark == "parent":
        from bncheck.engine.worker.parent import serve

        # it returns in its children, so that they stand no deeper than any other worker
        mark, memory, life = serve(int(memory), life)

    main(mark, memory, int(life))
