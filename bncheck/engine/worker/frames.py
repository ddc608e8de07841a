"""Messages between bncheck and a worker: framed, so that bytes of others are told from them.

The worker's descriptors are the target's as well: a library that logs to one that it believes is
its own writes in between. So a message begins with a mark that each process gets anew, and has
its length and a checksum. What stands before a mark is not ours and is passed over; a message
that begins and is not whole is `Damaged`.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Mapping
from json import dumps, loads  # bound now: the target may replace what the module holds
from typing import Any

# decimal digits: 8 GiB in a message are more than a worker may have
_LENGTH, _SUM = 10, 10


class Damaged(Exception):
    """A message began, and what followed is not what was sent."""


def new_mark() -> str:
    """Return a mark that nobody else writes by chance."""
    return f"bncheck-{os.urandom(12).hex()}"


class Frames:
    """Packs messages, and finds those of the other side in what arrives."""

    def __init__(self, mark: str) -> None:
        """Both sides use the same mark."""
        self._mark = mark.encode("ascii") + b" "
        self._arrived = bytearray()
        self.foreign = 0

    def pack(self, message: Mapping[str, Any]) -> bytes:
        """Return the bytes of a message."""
        body = dumps(message).encode("ascii")
        head = f"{len(body):0{_LENGTH}d} {zlib.crc32(body):0{_SUM}d} ".encode("ascii")
        return b"".join((self._mark, head, body, b"\n"))

    def feed(self, data: bytes) -> None:
        """Take what arrived."""
        self._arrived += data

    def take(self) -> dict[str, Any] | None:
        """Return the next message, or None where it has not arrived yet. Raises Damaged."""
        start = self._arrived.find(self._mark)
        if start < 0:
            # all but a beginning of the mark
            self._pass(len(self._arrived) - len(self._mark) + 1)
            return None
        self._pass(start)
        begin = len(self._mark) + _LENGTH + _SUM + 2
        if len(self._arrived) < begin:
            return None
        length, checksum = self._head(bytes(self._arrived[len(self._mark) : begin]))
        if len(self._arrived) <= begin + length:
            return None
        body = bytes(self._arrived[begin : begin + length])
        del self._arrived[: begin + length + 1]
        if zlib.crc32(body) != checksum:
            raise Damaged
        message: dict[str, Any] = loads(body)
        return message

    def _pass(self, count: int) -> None:
        if count > 0:
            self.foreign += count
            del self._arrived[:count]

    def _head(self, head: bytes) -> tuple[int, int]:
        length, _, rest = head.partition(b" ")
        if not (length.isdigit() and rest[:-1].isdigit() and rest.endswith(b" ")):
            raise Damaged
        return int(length), int(rest)
