"""The command line. The arguments are read before anything heavy is imported.

The commands are listed in `bncheck.cli.commands`.
"""

from __future__ import annotations

import sys
from importlib import import_module

from bncheck.cli import commands, interrupts
from bncheck.cli.parser import parse
from bncheck.cli.streams import complain, stand_in
from bncheck.errors import NotSupported, TargetError, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return the exit code and never raise."""
    stand_in()
    with interrupts.noted(last=argv is None) as signals:
        code = _main(list(sys.argv[1:] if argv is None else argv), signals)
    if argv is None and signals:
        interrupts.leave(code)
    return code


def _main(argv: list[str], signals: list[int]) -> int:
    try:
        args = parse(argv)
        args.signals, args.argv = signals, argv
        code: int = import_module(commands.module(args.command)).run(args)
    except SystemExit as request:  # argparse has answered --help or --version
        code = int(request.code or 0)
    except (UsageError, TargetError, NotSupported) as error:
        complain(f"error: {error}")
        return 2
    except KeyboardInterrupt:
        complain("interrupted before anything was checked")
        return 2
    except Exception as error:
        if signals:  # some imports make another error of it
            complain("interrupted before anything was checked")
            return 2
        from bncheck.cli.faults import report_fault

        report_fault(error, argv)
        return 3
    return code
