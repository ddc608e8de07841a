"""``pytest --bncheck TARGET``: one test for each law and dtype, without a test file.

This module is loaded in every pytest run of an environment in which bncheck is installed, so it
imports nothing but pytest, and does nothing, until it is asked for.
"""

from __future__ import annotations

import os
import sys

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options; they are those of ``bncheck verify``."""
    group = parser.getgroup("bncheck", "laws of batch normalization")
    for name, metavar, what in (
        ("", "TARGET", "check this implementation: file.py, package.module, module:NAME"),
        ("-laws", "PATTERN", "only laws with such an id; '!PATTERN' leaves out"),
        ("-dtype", "NAME", "only this dtype"),
    ):
        group.addoption(
            f"--bncheck{name}",
            action="append",
            default=[],
            metavar=metavar,
            help=f"{what}; repeatable",
        )
    group.addoption(
        "--bncheck-configured",
        action="store_true",
        help="check all targets of [tool.bncheck] in pyproject.toml",
    )
    # what is not given may be configured, and has the default of verify otherwise
    for name, metavar, what in (
        ("budget", "AMOUNT", "as in verify"),
        ("seed", "N", "of the cases that are tried"),
        ("jobs", "N", "worker processes of one target"),
        ("timeout", "SECONDS", "limit for one call of the target"),
        ("profile", "NAME", "promise a framework's conventions"),
        ("norm", "NAME", "which normalization it is: batch, layer, rms, group or instance"),
        ("expected", "FILE", "TOML file of known failures"),
        ("baseline", "FILE", "TOML file of what failed before, as verify --update wrote it"),
    ):
        group.addoption(f"--bncheck-{name}", metavar=metavar, help=what)


def pytest_configure(config: pytest.Config) -> None:
    """Refuse wrong options before anything is collected, in the controller of xdist too.

    Raises pytest.UsageError for them, and for files that cannot be read.
    """
    ids = [arg for arg in config.args if _is_id(config, arg)]
    if not (ids or config.getoption("--bncheck") or config.getoption("--bncheck-configured")):
        return
    from bncheck.pytest_plugin import asking, running

    asked = asking.asked(config.getoption, [arg.partition("::")[2] for arg in ids])
    config.args[:] = [arg for arg in config.args if arg not in ids]
    config.pluginmanager.register(running.Running(asked), "bncheck-running")


def _is_id(config: pytest.Config, arg: str) -> bool:
    """Whether an argument is an id of a test as pytest prints it: from the root, or from here."""
    place, colons, _ = str(arg).partition("::")
    if not colons or os.path.basename(place) != "bncheck":
        return False
    path = os.path.normpath(os.path.join(config.invocation_params.dir, place))
    return place == "bncheck" or path == os.path.join(config.rootpath, "bncheck")


def pytest_collection_finish(session: pytest.Session) -> None:
    """Tell the tests of ``bncheck.parametrize``, where there are any, which of them will run."""
    checks = sys.modules.get("bncheck.api.checks")
    if checks is not None:
        checks.select(session.items)
