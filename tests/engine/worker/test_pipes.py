"""Both ways of reading a worker's pipes, with a limit."""

import os
import select
import time

import pytest

from bncheck.engine.worker.pipes import Polled, Threaded

KINDS = [
    pytest.param(
        Polled,
        marks=pytest.mark.skipif(not hasattr(select, "poll"), reason="Windows has no poll"),
    ),
    Threaded,
]


class Other:
    """The side of the worker."""

    def __init__(self, kind):
        self.requests, requests = os.pipe()
        answers, self.answers = os.pipe()
        output, self.output = os.pipe()
        self.pipes = kind(requests, answers, output)

    def close(self):
        for descriptor in (self.requests, self.answers, self.output):
            os.close(descriptor)
        self.pipes.close()


@pytest.fixture(params=KINDS)
def other(request):
    made = Other(request.param)
    yield made
    made.close()


def answered(pipes):
    for _ in range(100):
        data = pipes.wait(0.1)
        if data != b"":
            return data
    raise AssertionError("nothing came")


def test_both_directions(other):
    other.pipes.send(b"question")
    assert os.read(other.requests, 100) == b"question"
    os.write(other.answers, b"answer")
    assert answered(other.pipes) == b"answer"


def test_nothing_comes_and_the_time_is_over(other):
    began = time.monotonic()
    assert other.pipes.wait(0.05) == b""
    assert time.monotonic() - began < 30


def test_what_is_said_is_read_and_only_the_last_of_it_kept(other):
    os.set_blocking(other.output, False)
    written = 0
    for _ in range(400):
        try:
            written += os.write(other.output, b"x" * 20_000)
        except BlockingIOError:
            other.pipes.wait(0.01)
    os.set_blocking(other.output, True)
    os.write(other.output, b"last words")
    for _ in range(100):
        other.pipes.wait(0.01)
    assert written > 1 << 20
    assert other.pipes.said.endswith(b"last words")
    assert len(other.pipes.said) <= 2000
    os.write(other.answers, b"still here")
    assert answered(other.pipes) == b"still here"


def test_the_end(other):
    os.close(other.answers)
    other.answers = os.open(os.devnull, os.O_RDONLY)
    assert answered(other.pipes) is None
