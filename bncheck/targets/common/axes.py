"""Where the channels are, and which ranks that leaves."""


def ranks_with(axis: int) -> tuple[int, ...]:
    """Return the ranks of x in which an axis of channels exists that is not the batch's."""
    # counted from the front it is there in every rank, from the back likewise down to -2
    fewest = axis + 1 if axis >= 0 else -axis
    return tuple(rank for rank in (2, 3, 4, 5) if rank >= fewest)
