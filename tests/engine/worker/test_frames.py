"""Messages are told from whatever else is written to the same descriptor."""

import pytest

from bncheck.engine.worker.frames import Damaged, Frames, new_mark

MESSAGE = {"answer": {"results": [1, "ü", None]}, "memory": 3}


def frames():
    mark = new_mark()
    return Frames(mark), Frames(mark)


@pytest.mark.parametrize(
    "around", [b"", b"log line\n", b"no newline", b"\0\xff" * 9000, b"bncheck-"]
)
def test_what_is_not_a_message_is_passed_over(around):
    sender, receiver = frames()
    receiver.feed(around + sender.pack(MESSAGE) + around + sender.pack({"second": 1}) + around)
    assert receiver.take() == MESSAGE
    assert receiver.take() == {"second": 1}
    assert receiver.take() is None
    assert receiver.foreign >= 2 * len(around)


def test_a_message_comes_in_pieces():
    sender, receiver = frames()
    for byte in b"noise" + sender.pack(MESSAGE):
        assert receiver.take() is None
        receiver.feed(bytes([byte]))
    assert receiver.take() == MESSAGE


def test_messages_of_another_process_are_noise():
    receiver, stranger = Frames(new_mark()), Frames(new_mark())
    receiver.feed(stranger.pack(MESSAGE))
    assert receiver.take() is None


@pytest.mark.parametrize("at", [40, 50, 60, 70, -5])
def test_a_message_with_something_in_between_is_damaged(at):
    sender, receiver = frames()
    packed = sender.pack(MESSAGE)
    receiver.feed(packed[:at] + b"log" + packed[at:])
    with pytest.raises(Damaged):
        receiver.take()
