"""``@bncheck.parametrize``: a test of somebody's own for each target, law and dtype."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cached_property
from importlib import import_module
from types import ModuleType
from typing import Any, TypeVar

from bncheck import arguments
from bncheck.api.asking import checked
from bncheck.api.checks import Check, Whole
from bncheck.api.objects import called, target_of
from bncheck.api.sharing import Broken, Key, SharedRun
from bncheck.engine import Options, plan, verify
from bncheck.errors import NotSupported, TargetError, UsageError
from bncheck.known import Entry
from bncheck.laws import LAWS
from bncheck.model import Implementation
from bncheck.model.formats import FORMATS
from bncheck.terminal import brief, nearest, sentence

_Test = TypeVar("_Test", bound=Callable[..., Any])


def parametrize(
    targets: object, *, expected_failures: Mapping[str, str] | None = None, **options: Any
) -> Callable[[_Test], _Test]:
    """Make a test function that takes ``check`` a test for each target, law and dtype.

    targets: a list of what `bncheck.verify` takes, or one of them
    expected_failures: patterns of laws, ``"F00"`` or ``"B*:float16"``, and why they fail; these
        tests are ``xfail(strict=True)``
    options: those of `bncheck.verify`; ``expected`` and ``baseline`` add a test that fails where
        an entry is stale, ``require`` one that fails where an ability is missing

    ``check()`` raises an AssertionError that says the cause where the law does not hold, and skips
    where it does not apply. A target is loaded when the tests are collected, and is run once, when
    the first of them is called; of the laws that are selected only, where the plugin is there.

        @bncheck.parametrize([MyLayer, "file.py"], expected_failures={"F00": "in one pass"})
        def test_laws(check):
            check()

    Raises UsageError for an option that is wrong, or does not exist.
    """
    try:
        pytest = import_module("pytest")  # which only tests need
    except ModuleNotFoundError as error:
        raise UsageError("bncheck.parametrize needs pytest: pip install pytest") from error
    listed = list(targets) if isinstance(targets, list | tuple) else [targets]
    if not listed:
        raise UsageError("targets is empty, but should be a list of what bncheck.verify takes")
    given, entries = checked(options)
    expected = _expected(expected_failures)
    decorated: Callable[[_Test], _Test] = pytest.mark.parametrize(
        "check", _Checks(pytest, listed, given, expected, entries)
    )
    return decorated


class _Checks(Sequence[Any]):
    """The parameters; targets are loaded when pytest asks for them, and not before.

    A target that stands in the file of the test is loaded by its worker, which imports that file.
    """

    def __init__(
        self,
        pytest: ModuleType,
        targets: list[object],
        options: Options,
        expected: Mapping[tuple[str, str], str],
        entries: Sequence[Entry],
    ) -> None:
        self._pytest, self._targets, self._options = pytest, targets, options
        self._expected, self._entries = expected, entries

    def __len__(self) -> int:
        return len(self._all)

    def __getitem__(self, index: Any) -> Any:
        return self._all[index]

    @cached_property
    def _all(self) -> list[Any]:
        try:
            names = _names(self._targets)
            pairs = zip(names, self._targets, strict=True)
            return [param for name, target in pairs for param in self._of(name, target)]
        except (UsageError, TargetError, NotSupported) as error:
            raise self._pytest.Collector.CollectError(sentence(str(error))) from None

    def _of(self, name: str, given: object) -> Iterator[Any]:
        target = target_of(given, self._options.profile, self._options.norm)
        run, selected = SharedRun(target, self._options, plan, verify), set[Key]()
        if not run.planned():
            raise TargetError(f"no law applies to {name}, so nothing can be checked")
        mark = self._pytest.mark
        # with --dist loadgroup one worker has all of them; unknown to pytest without xdist
        group = [mark.xdist_group(f"bncheck-{name}")] if "xdist.plugin" in sys.modules else []
        for law, dtype in run.planned():
            reason = self._reason(law, dtype)
            fails = [mark.xfail(strict=True, reason=reason, raises=Broken)] if reason else []
            check = Check(run, (law, dtype), selected)
            yield self._pytest.param(check, id=f"{name}-{law}-{dtype}", marks=[*group, *fails])
        label = target.name if isinstance(target, Implementation) else target
        wholes = ["requirements"] if self._options.require else []
        wholes += ["expectations"] if any(each.is_of(label) for each in self._entries) else []
        for what in wholes:
            check = Whole(run, what, selected)
            yield self._pytest.param(check, id=f"{name}-{what}", marks=group)

    def _reason(self, law: str, dtype: str) -> str:
        return next(
            (
                reason
                for (laws, dtypes), reason in self._expected.items()
                if fnmatchcase(law, laws) and fnmatchcase(dtype, dtypes)
            ),
            "",
        )


def _expected(given: object) -> dict[tuple[str, str], str]:
    """Return patterns of a law and a dtype, and the reason. Raises UsageError for others."""
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise UsageError(
            f"expected_failures={brief(given)}, but should be a mapping from patterns of laws to "
            'reasons, such as {"B*:float16": "too few digits"}'
        )
    return {_pattern(pattern): _reason(pattern, reason) for pattern, reason in given.items()}


def _pattern(pattern: object) -> tuple[str, str]:
    law, _, dtype = arguments.text(pattern, "expected_failures").partition(":")
    dtype = dtype or "*"
    ids = [each.id for each in LAWS]
    for word, there, listed in ((law, ids, "`bncheck laws` lists them"), (dtype, FORMATS, "")):
        if not any(fnmatchcase(each, word) for each in there):
            hint = nearest(word, there, listed)
            raise UsageError(
                f"expected_failures has {brief(pattern)}, but {brief(word)} does not exist; {hint}"
            )
    return law, dtype


def _reason(pattern: object, reason: object) -> str:
    if not isinstance(reason, str) or not reason.strip():
        raise UsageError(
            f"expected_failures has {brief(reason)} for {brief(pattern)}, but should have a reason"
        )
    return reason


def _names(targets: Iterable[object]) -> list[str]:
    """Return names for ids, each once."""
    names: list[str] = []
    for target in targets:
        name, number = _name(target), 1
        while (name if number == 1 else f"{name}-{number}") in names:
            number += 1
        names.append(name if number == 1 else f"{name}-{number}")
    return names


def _name(target: object) -> str:
    kind = type(target)
    if issubclass(kind, Implementation):
        return sentence(target.name)  # type: ignore[attr-defined] # it is one
    if issubclass(kind, str | os.PathLike):
        return sentence(str(target))
    name = called(target)
    return sentence(name.removeprefix("a ") if name == f"a {kind.__qualname__}" else name)
