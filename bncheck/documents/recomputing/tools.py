"""The first cell of a notebook: what the cells of theorems use. It is text here, and runs there."""

TOOLS = '''\
"""Points, derivatives and the comparison that the cells below use. Only NumPy and SymPy."""

import itertools
import random
from fractions import Fraction

import numpy as np
import sympy


def exact(value):
    """Whether a number, or the numbers of an array, are SymPy's."""
    if isinstance(value, list | np.ndarray):
        return any(exact(each) for each in value)
    return isinstance(value, sympy.Basic)


def sqrt(value):
    return sympy.sqrt(value) if exact(value) else np.sqrt(value)


def derivative(f, point, velocity):
    """The derivative of f(point + t velocity) by t, at t = 0: SymPy's, or five differences."""
    if isinstance(point, list | np.ndarray):
        kind = object if exact(point) or exact(velocity) else None
        point, moves = np.array(point, dtype=kind), np.zeros_like(point, dtype=kind)
        # what has fewer entries moves nothing beyond them
        moves[tuple(map(slice, np.shape(velocity)))] = velocity
        velocity = moves
    if exact(point):
        t = sympy.Dummy("t")
        return sympy.diff(f(point + t * velocity), t).subs(t, 0)
    h = 1e-3
    near = f(point + h * velocity) - f(point - h * velocity)
    far = f(point + 2 * h * velocity) - f(point - 2 * h * velocity)
    return (8 * near - far) / (12 * h)


def drawn(rng, arrays, scalars, sizes):
    """Values for all unknowns: fractions, the same in every run."""
    values = {}
    for name, lengths in arrays.items():
        shape = tuple(sizes[n] if isinstance(n, str) else n for n in lengths)
        entries = [Fraction(rng.randint(-12, 12), 4) for _ in range(int(np.prod(shape)))]
        values[name] = np.array(entries, dtype=object).reshape(shape)
    for name, sign in scalars.items():
        value = Fraction(rng.randint(2, 24), 8)
        values[name] = value if sign == "positive" else value * rng.choice((-1, 1))
    return values


def in_numpy(value):
    return value.astype(float) if isinstance(value, np.ndarray) else float(value)


def in_sympy(value):
    if isinstance(value, np.ndarray):
        return np.vectorize(in_sympy, otypes=[object])(value)
    return sympy.Rational(value.numerator, value.denominator)


def compared(left, right, values, places, sizes):
    """Both sides at each place, as numbers; None where a root or a quotient has no real value."""
    pairs = []
    for at in places:
        with np.errstate(all="ignore"):
            try:
                pair = [side(*at, *values.values(), *sizes.values()) for side in (left, right)]
            except ZeroDivisionError:
                return None
        number = [sympy.N(each, 50) if exact(each) else each for each in pair]
        if any(exact(each) and not each.is_real for each in number):
            return None
        if not all(np.isfinite(float(each)) for each in number):
            return None
        pairs.append(number)
    return pairs


def agree(name, left, right, arrays, scalars, sizes, over=()):
    """Raise AssertionError where both sides differ, at random points or in SymPy at m = 3."""
    rng, seen, tries = random.Random(name), 0, 0
    # NumPy: five points with the lengths as they are drawn, then SymPy: one with all lengths 3
    while seen < 6:
        tries += 1
        if tries > 400:
            raise AssertionError(f"{name}: no point was found where both sides have a value")
        last = seen == 5
        lengths = {n: 3 if last else rng.randint(max(2, least), 5) for n, least in sizes.items()}
        lengths = {n: max(length, sizes[n]) for n, length in lengths.items()}
        values = drawn(rng, arrays, scalars, lengths)
        convert = in_sympy if last else in_numpy
        values = {n: convert(value) for n, value in values.items()}
        places = list(itertools.product(*(range(lengths[n]) for n in over)))
        given = {n: sympy.Integer(length) if last else length for n, length in lengths.items()}
        pairs = compared(left, right, values, places, given)
        if pairs is None:
            continue
        # differences of differences are off by u / h^2 = 2e-10 and by h^4 / 30 of a fifth
        # derivative, so six digits are what NumPy can tell here; SymPy has no differences
        for one, other in pairs:
            far = abs(one - other) / (1 + abs(one))
            if far > (sympy.Float("1e-40", 50) if last else 1e-6):
                raise AssertionError(f"{name}: {one} is not {other} at {values}, {lengths}")
        seen += 1
    print(f"{name}: NumPy agrees to 6 digits at 5 points, SymPy to 40 digits")
'''
