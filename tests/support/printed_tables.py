"""Worked examples as people make them: computed and printed with decimals, by a rule drawn.

Written without what judges them: with `decimal`, at a precision at which what is rounded is far
from a tie or exactly one.
"""

import random
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, localcontext

PRECISION = 80
WAYS = {"rounded": ROUND_HALF_UP, "even": ROUND_HALF_EVEN, "cut": ROUND_DOWN}
STAGES = ("mu", "xmu", "xmu2", "var", "std", "xhat")


def keep(value, digits, way, kind="decimals"):
    """Keep so many digits of a number."""
    if kind != "decimals":
        digits = digits - 1 - value.adjusted() if value else digits
    return value.quantize(Decimal(1).scaleb(-digits), rounding=WAYS[way])


def written(value, digits, way, scientific=False):
    """Print a number."""
    if scientific and value:
        digits = max(1, digits)
        digits -= value.adjusted()
        return f"{keep(value, digits, way):e}"
    return f"{keep(value, digits, way):f}"


@dataclass
class Made:
    """How a table is made."""

    ddof: int = 0
    eps: Decimal = Decimal(0)
    way: str = "rounded"
    digits: int = 3
    printed: tuple = ()
    """Stages that are printed, beside xhat."""
    used: tuple = ()
    """Printed stages that are used as they are printed."""
    hidden: tuple = ()
    """Stages that are kept to other digits, which nobody sees."""
    hidden_digits: int = 2
    kind: str = "decimals"
    scientific: bool = False
    gamma: Decimal | None = None
    beta: Decimal = Decimal(0)
    x: list = field(default_factory=list)

    @property
    def standard(self):
        """Whether it is batch normalization as defined, rounded."""
        return not self.ddof and self.way != "cut" and not self.hidden

    def table(self):
        """Return the columns and the single numbers, as texts."""
        with localcontext() as context:
            context.prec = PRECISION
            return self._table()

    def _table(self):
        columns, single = {"x": [str(v) for v in self.x]}, {}

        def stage(name, values):
            if name in self.hidden:
                values = [keep(v, self.hidden_digits, self.way, self.kind) for v in values]
            texts = [written(v, self.digits, self.way, self.scientific) for v in values]
            if name in self.printed or name in ("xhat", "y"):
                if name in ("mu", "var", "std"):
                    single[name] = texts[0]
                else:
                    columns[name] = texts
            return [Decimal(t) for t in texts] if name in self.used else values

        m = len(self.x)
        (mean,) = stage("mu", [sum(self.x) / m])
        deviations = stage("xmu", [v - mean for v in self.x])
        squares = stage("xmu2", [v * v for v in deviations])
        (var,) = stage("var", [sum(squares) / (m - self.ddof)])
        (std,) = stage("std", [(var + self.eps).sqrt()])
        if std == 0:
            return None
        if "inv" in self.hidden:
            (inverse,) = stage("inv", [1 / std])
            xhat = stage("xhat", [v * inverse for v in deviations])
        else:
            xhat = stage("xhat", [v / std for v in deviations])
        if self.gamma is not None:
            stage("y", [self.gamma * v + self.beta for v in xhat])
            single |= {"gamma": str(self.gamma), "beta": str(self.beta)}
        return columns, single


def draw(rng):
    """Draw a way to make a table; some divide by zero, and give none."""
    places = rng.choice((0, 0, 1, 2))
    m = rng.choice((2, 3, 4, 5, 6, 8))
    made = Made(
        ddof=rng.choice((0, 0, 1)),
        eps=Decimal(rng.choice(("0", "0", "1e-5", "1e-3", "0.1"))),
        way=rng.choice(("rounded", "even", "cut")),
        digits=rng.choice((1, 2, 2, 3, 4, 6)),
        scientific=rng.random() < 0.2,
        x=[Decimal(rng.randint(-60, 60)).scaleb(-places) for _ in range(m)],
    )
    if rng.random() < 0.6:
        made.gamma = Decimal(rng.randint(-30, 30)).scaleb(-1)
        made.beta = Decimal(rng.randint(-20, 20)).scaleb(-1)
    made.printed = tuple(n for n in STAGES[:-1] if rng.random() < 0.3)
    there = (*made.printed, "xhat") if made.gamma is not None else made.printed
    made.used = tuple(n for n in there if rng.random() < 0.4)
    if rng.random() < 0.3:
        stages = rng.choice(
            (("mu",), ("var",), ("std",), ("inv",), ("mu", "var", "std"), ("xhat",))
        )
        made.hidden = tuple(n for n in stages if n not in there)
        made.hidden_digits = rng.randint(1, made.digits + 1)
        made.kind = "decimals" if rng.random() < 0.7 or "xhat" in stages else "significant digits"
        made.hidden_digits += made.kind != "decimals"
    return made


def number(seed):
    """Return the first way to make a table that a seed draws, and the table."""
    rng = random.Random(seed)
    while True:
        made = draw(rng)
        drawn = made.table()
        if drawn is not None:
            return rng, made, *drawn
