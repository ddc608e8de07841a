"""Pages in headless Chromium, which is told what to do through a pipe: no driver, no network."""

from __future__ import annotations

import base64
import contextlib
import itertools
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time

NAMES = ("chromium", "chromium-browser", "google-chrome")
FOUND = next((path for path in map(shutil.which, NAMES) if path), None)

# one that does not answer must not hold up a test for ever
_PATIENCE = 120.0
_TALLEST = 16_000  # pixels of a picture
_A4 = (8.27, 11.69)  # inches

# Chromium reads its commands from 3 and answers on 4, whatever the ends of the pipes are here
_PIPED = """
import fcntl, os, sys
reads, writes = (fcntl.fcntl(int(end), fcntl.F_DUPFD, 10) for end in sys.argv[1:3])
os.dup2(reads, 3)
os.dup2(writes, 4)
os.execv(sys.argv[3], sys.argv[3:])
"""


class Browser:
    """A browser of its own, with one page at a time."""

    def __init__(self) -> None:
        self._home = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self._buffer = b""
        self._numbers = itertools.count(1)
        self._missed: list[dict] = []
        reads, theirs_out = os.pipe()
        theirs_in, writes = os.pipe()
        self._reads, self._writes = reads, writes
        self._process = subprocess.Popen(
            [sys.executable, "-c", _PIPED, str(theirs_in), str(theirs_out), *self._command()],
            pass_fds=(theirs_in, theirs_out),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        page = self._tell("Target.createTarget", url="about:blank")["targetId"]
        attached = self._tell("Target.attachToTarget", targetId=page, flatten=True)
        self._session = attached["sessionId"]
        self.tell("Page.enable")

    def _command(self) -> list[str]:
        return [
            FOUND,
            "--headless=new",
            "--remote-debugging-pipe",
            "--no-sandbox",  # tests run as root in containers; the pages are our own
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--hide-scrollbars",
            f"--user-data-dir={self._home.name}",
        ]

    def close(self) -> None:
        """End it, and all that it started."""
        with contextlib.suppress(OSError, RuntimeError):
            self._tell("Browser.close")
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._reads)
        os.close(self._writes)
        self._home.cleanup()

    # -- what tests ask of it -------------------------------------------------------------------

    def show(self, path, width: int, *, dark: bool = False, media: str = "") -> None:
        """Show a file at so many CSS pixels; media: ``print`` for how it is on paper."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.tell("Emulation.setEmulatedMedia", media=media, features=[scheme])
        self.tell(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=900,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        self._missed.clear()
        self.tell("Page.navigate", url=path.resolve().as_uri())
        self._until("Page.loadEventFired")

    def value(self, expression: str):
        """Evaluate JavaScript on the page, whose own policy forbids it any."""
        told = self.tell("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in told:
            raise RuntimeError(told["exceptionDetails"]["exception"]["description"])
        return told["result"].get("value")

    def picture(self) -> bytes:
        """Return the page as a PNG, as much of it as a picture can hold."""
        size = self.tell("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "scale": 1, **size, "height": min(size["height"], _TALLEST)}
        told = self.tell(
            "Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip
        )
        return base64.b64decode(told["data"])

    def paper(self) -> bytes:
        """Return the page as a PDF of A4."""
        width, height = _A4
        told = self.tell("Page.printToPDF", paperWidth=width, paperHeight=height)
        return base64.b64decode(told["data"])

    # -- the pipe -------------------------------------------------------------------------------

    def tell(self, method: str, **params):
        """Send a command to the page, and return its answer."""
        return self._tell(method, session=self._session, **params)

    def _tell(self, method: str, session: str = "", **params):
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._writes, data) :]
        while True:
            told = self._next()
            if told.get("id") == number:
                if "error" in told:
                    raise RuntimeError(f"{method}: {told['error']['message']}")
                return told["result"]
            self._missed.append(told)

    def _until(self, event: str) -> None:
        while not any(told.get("method") == event for told in self._missed):
            self._missed.append(self._next())

    def _next(self) -> dict:
        end = time.monotonic() + _PATIENCE
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._reads], [], [], max(end - time.monotonic(), 0))
            more = os.read(self._reads, 1 << 20) if ready else b""
            if not more:
                raise RuntimeError("Chromium does not answer" if not ready else "Chromium ended")
            self._buffer += more
        message, _, self._buffer = self._buffer.partition(b"\0")
        return json.loads(message)
