"""What a worker's process has read: modules, shared libraries, files that the target opens.

An audit hook sees what Python is asked for, also what is not there: a file that was looked for and
is there tomorrow may change what the target does. What it cannot see is told as a doubt, with one
exception: a library that opens a file in C, and does not keep it mapped, leaves no trace.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from types import FrameType
from typing import Any

# events after which not everything that an answer depends on can be known
_STARTS = "it starts a process"
_DOUBTS = {
    **dict.fromkeys(("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn"), _STARTS),
    **dict.fromkeys(("os.fork", "os.forkpty", "os.spawn", "os.startfile"), _STARTS),
    **dict.fromkeys(("socket.connect", "urllib.Request"), "it uses the network"),
    **dict.fromkeys(("ftplib.connect", "http.client.connect"), "it uses the network"),
    "sqlite3.connect": "it opens a database",
}
_LISTS = frozenset(("os.listdir", "os.scandir"))
_WRITES = os.O_WRONLY | os.O_RDWR
_NEW = os.O_CREAT | os.O_EXCL
# what the system shows of itself, and devices: no files that somebody edits
_SYSTEM = ("/proc/", "/sys/", "/dev/", "/memfd:", "/SYSV")
# these list folders to find modules, whose names are noted by themselves
_FINDERS = ("<frozen importlib", "<frozen zipimport")
# between who wants to list a folder, and the call that does
_BETWEEN = ("pathlib.py", "glob.py", f"{os.sep}os.py", "<frozen os>")
_PATHLIB = f"{os.sep}pathlib{os.sep}"
# libraries that open files in C
_OWN_READERS = frozenset(("h5py", "safetensors", "tables", "netCDF4", "zarr", "lmdb"))
_OURS = os.path.abspath(os.path.join(os.path.dirname(__file__), *[os.pardir] * 2))


class Witness:
    """Notes what the process reads, from `start` to its end."""

    def __init__(self) -> None:
        """Stand ready."""
        self._read: set[str] = set()
        self._written: set[str] = set()
        self._made: set[str] = set()
        self._listed: set[str] = set()
        self._imported: set[str] = set()
        self._doubts: set[str] = set()
        self._variables: _Noted | None = None
        self._started = False

    def start(self) -> None:
        """Begin, once: an audit hook cannot be taken away."""
        if self._started:
            return
        self._started = True
        held = getattr(os.environ, "_data", None)  # CPython's; elsewhere nothing is noted
        if type(held) is dict:
            self._variables = _Noted(held)
            os.environ._data = self._variables  # type: ignore[attr-defined] # as above
        else:
            self._doubts.add("its environment variables cannot be seen")
        sys.addaudithook(self._hook)

    def told(self) -> dict[str, Any]:
        """Return what was noted, as plain data.

        read: files, also those that were looked for and are not there; listed: folders; imported:
        names of modules that were looked for; variables: of the environment; own: files of
        modules; doubts: why something that matters may be missing here
        """
        modules = dict(_modules())
        doubts = {*self._doubts, *_readers(modules)}
        if not self._started:
            doubts.add("what it reads was not watched")
        if self._read & self._written:
            doubts.add("it reads a file that it writes")
        mapped = set(_mapped())
        if any(path.endswith(" (deleted)") for path in mapped):
            doubts.add("it has loaded a file that is no longer there")
        if not sys.platform.startswith("linux"):
            mapped = set()
        return {
            "read": sorted(self._read | mapped | set(modules)),
            "own": sorted(modules),
            "listed": sorted(self._listed),
            "imported": sorted(self._imported),
            "variables": sorted(self._variables.read if self._variables is not None else ()),
            "doubts": sorted(doubts),
        }

    def _hook(self, event: str, args: tuple[Any, ...]) -> None:
        """Note an event; whatever was raised here would be raised in the target."""
        try:
            if event == "open":
                self._open(*args)
            elif event == "import":
                self._imported.add(str(args[0]))
            elif event in _LISTS:
                if not _by_finders() and not _by_us():
                    self._listed.add(_path(args[0]))
            elif event in _DOUBTS and not _by_us():
                self._doubts.add(_DOUBTS[event])
        except BaseException:
            self._doubts.add("what it reads could not be noted")

    def _open(self, file: object, mode: object, flags: object) -> None:
        if isinstance(file, int) or file is None:
            return
        path = _path(file)
        if path.startswith(_SYSTEM) or _is_cache(path):
            return
        bits = flags if isinstance(flags, int) else 0
        # what was in there does not matter any more, or there was nothing
        if path not in self._read and (bits & os.O_TRUNC or bits & _NEW == _NEW):
            self._made.add(path)
        if path in self._made:
            return
        if bits & _WRITES:
            self._written.add(path)
        if not bits & os.O_WRONLY:
            self._read.add(path)


class _Noted(dict[Any, Any]):
    """The variables of the environment, and which of them were asked for."""

    def __init__(self, held: dict[Any, Any]) -> None:
        super().__init__(held)
        self.read: set[str] = set()

    def __getitem__(self, key: Any) -> Any:
        self.read.add(os.fsdecode(key))
        return super().__getitem__(key)


def _path(file: Any) -> str:
    return os.path.abspath(os.fsdecode(file if file is not None else "."))


def _is_cache(path: str) -> bool:
    """Whether it is bytecode, which Python checks against the source that is noted as well."""
    return path.endswith(".pyc") and "__pycache__" in path


def _callers() -> Iterator[str]:
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        name = frame.f_code.co_filename
        if name != __file__ and not name.endswith(_BETWEEN) and _PATHLIB not in name:
            yield name
        frame = frame.f_back


def _by_finders() -> bool:
    caller = next(_callers(), "")
    return caller.startswith(_FINDERS) or f"{os.sep}importlib{os.sep}metadata" in caller


def _by_us() -> bool:
    return next(_callers(), "").startswith(_OURS)


def _modules() -> Iterator[tuple[str, Any]]:
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if isinstance(file, str) and os.path.isabs(file):
            yield file, module


def _readers(modules: dict[str, Any]) -> Iterator[str]:
    """Say where a module that is nobody's library uses one that opens files in C."""
    for file, module in modules.items():
        if f"{os.sep}site-packages{os.sep}" in file or file.startswith(_OURS):
            continue
        for value in list(vars(module).values()):
            name = value.__name__ if type(value) is type(sys) else ""
            name = name or str(getattr(type(value), "__module__", "") or "")
            if isinstance(value, type) or callable(value):
                name = str(getattr(value, "__module__", "") or name)
            if name.partition(".")[0] in _OWN_READERS:
                yield f"{name.partition('.')[0]} opens files where that cannot be seen"


def _mapped() -> Iterator[str]:
    """Yield the files that are mapped into the process: shared libraries, and more."""
    try:
        with open("/proc/self/maps", encoding="utf-8", errors="surrogateescape") as maps:
            lines = maps.read().splitlines()
    except OSError:
        return
    for line in lines:
        path = line.partition("/")[2]
        if path and not f"/{path}".startswith(_SYSTEM):
            yield f"/{path}"


WITNESS = Witness()
