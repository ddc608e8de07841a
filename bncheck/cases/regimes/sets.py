"""Regimes of the relatives of batch normalization: long sets, many sets, networks' sizes.

A kernel gives a set to a block of threads, or walks along it in tiles: what it does beside the end
of a tile, beyond the largest block and beyond a counter of 16 bits is not seen in small cases, and
gamma = 1 would hide what is wrong with it. Axis 1 of a shape counts the sets.
"""

from dataclasses import replace

from bncheck.cases.regime import Regime
from bncheck.cases.regimes.networks import ONE_LAYER
from bncheck.model import NormName

RELATIVES: tuple[NormName, ...] = ("layer", "rms", "group", "instance")
ROWS: tuple[NormName, ...] = ("layer", "rms")
_GAMMA = ((0.7, -3.0, 1.0), (-1.5, 0.5, 2.0, 0.25, -1.0))

LONG_SETS = Regime(
    "long-sets",
    "sets of 257 to 16,385 values: primes, one beside a power of two, beyond a block of threads",
    # primes, and neighbours of powers of two
    shapes=(
        *((257, 2), (509, 3), (1023, 2), (1025, 1), (4097, 2), (3, 2, 171), (8191, 1), (16385, 1)),
        *((5, 3, 7, 11), (2, 2, 16, 33)),
    ),
    amplitude=3,
    structures=("noise", "explicit"),
    offset_bits=(0.0, 0.3),
    gamma=_GAMMA,
    beta=((-0.25, 5.0, 1.0),),
    own_calls=False,
    share=0.5,
    at_most=20,
    norms=RELATIVES,
    native=True,
)
MANY_ROWS = replace(
    LONG_SETS,
    name="many-rows",
    says="257 to 4,097 rows, of unlike scales: an odd number of them, past blocks",
    shapes=((5, 1025), (2, 4097), (3, 257, 2)),
    scales=((0, -6, 3, -12, 1),),
    share=0.2,
    at_most=8,
    norms=ROWS,
)
HUGE_ROWS = replace(
    MANY_ROWS,
    name="huge-rows",
    says="65,537 rows, of unlike scales: past 16 bits",
    shapes=((3, 65537),),
    share=0.05,
    at_most=4,
)


def _width(name: str, values: int, rows: int) -> Regime:
    return replace(
        ONE_LAYER,
        name=name,
        says=f"{rows} rows of {values} values, the width of {name}",
        shapes=((values, rows),),
        gamma=_GAMMA,
        norms=ROWS,
        native=True,
    )


# Hidden sizes of BERT (Devlin et al. 2019) and of LLaMA 7B and 65B (Touvron et al. 2023, table 2);
# as many rows as are still judged at once.
WIDTHS = (
    _width("bert-base", 768, 1024),
    _width("llama-7b", 4096, 255),
    _width("llama-65b", 8192, 127),
)
