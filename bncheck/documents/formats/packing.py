"""Makes a PDF of Typst smaller: what is no stream goes into streams that are compressed.

Typst writes the thousands of elements that a screen reader follows as plain text, one after the
other; they are more than half of a file. PDF 1.5 has object streams for them, and all that reads
PDF/UA reads those.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping
from itertools import pairwise

_EACH = 400  # objects in one stream
_XREF = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*$")
_TRAILER = re.compile(rb"trailer\s*<<(.*)>>\s*startxref", re.DOTALL)
_HEAD = re.compile(rb"(\d+) 0 obj\s*")


def packed(pdf: bytes) -> bytes:
    """Return the same document with its objects in compressed streams.

    What was not written as Typst writes it is returned as it is.
    """
    found = _XREF.search(pdf)
    trailer = _TRAILER.search(pdf)
    if found is None or trailer is None:
        return pdf
    at = int(found[1])
    offsets = _offsets(pdf[at:])
    objects = dict(_objects(pdf, sorted([*offsets, at])))
    if len(objects) != len(offsets):
        return pdf
    start = pdf[: min(offsets)]
    kept = re.sub(rb"/Size \d+", b"", trailer[1])
    return _written(start, objects, kept)


def _offsets(table: bytes) -> list[int]:
    """Return where the objects are, as the table at the end of the file has it."""
    return [int(each) for each in re.findall(rb"(\d{10}) \d{5} n", table)]


def _objects(pdf: bytes, offsets: list[int]) -> Iterator[tuple[int, bytes]]:
    for begin, end in pairwise(offsets):
        head = _HEAD.match(pdf, begin)
        last = pdf.rfind(b"endobj", begin, end)
        if head is not None and last > begin:
            yield int(head[1]), pdf[head.end() : last].rstrip()


def _written(start: bytes, objects: Mapping[int, bytes], trailer: bytes) -> bytes:
    out = bytearray(start)
    places: dict[int, tuple[int, int, int]] = {0: (0, 0, 65535)}
    small: list[int] = []
    for number in sorted(objects):
        if objects[number].endswith(b"endstream"):
            places[number] = (1, len(out), 0)
            out += b"%d 0 obj\n%s\nendobj\n" % (number, objects[number])
        else:
            small.append(number)
    following = max(objects) + 1
    for first in range(0, len(small), _EACH):
        group = small[first : first + _EACH]
        places |= {number: (2, following, index) for index, number in enumerate(group)}
        places[following] = (1, len(out), 0)
        out += _stream(following, *_group(group, objects))
        following += 1
    places[following] = (1, len(out), 0)
    end = len(out)
    out += _table(following, places, trailer)
    return bytes(out) + b"startxref\n%d\n%%%%EOF\n" % end


def _group(numbers: list[int], objects: Mapping[int, bytes]) -> tuple[bytes, bytes]:
    """Return the entries and the content of a stream of objects."""
    head, body = bytearray(), bytearray()
    for number in numbers:
        head += b"%d %d " % (number, len(body))
        body += objects[number] + b"\n"
    entries = b"/Type/ObjStm/N %d/First %d" % (len(numbers), len(head))
    return entries, bytes(head + body)


def _table(number: int, places: Mapping[int, tuple[int, int, int]], trailer: bytes) -> bytes:
    """Return the stream that says where everything is."""
    content = bytearray()
    for each in range(number + 1):
        kind, where, index = places.get(each, (0, 0, 0))
        content += bytes([kind]) + where.to_bytes(4, "big") + index.to_bytes(2, "big")
    entries = b"/Type/XRef/W[1 4 2]/Size %d%s" % (number + 1, trailer)
    return _stream(number, entries, bytes(content))


def _stream(number: int, entries: bytes, content: bytes) -> bytes:
    small = zlib.compress(content, 9)
    head = b"%d 0 obj\n<<%s/Filter/FlateDecode/Length %d>>\nstream\n" % (
        number,
        entries,
        len(small),
    )
    return head + small + b"\nendstream\nendobj\n"
