"""Whether matrix expressions with inverses are equal: they are expanded in words of letters that do not commute.

An expression is a power series in its matrices round a point at which every inverse exists: 1 for a matrix that has
an inverse, 0 for any other. A series is 0 exactly if its constant term is 0 and so is, letter by letter, what follows
the first letter of its words. What follows lies in a space of finite dimension, spanned by the tails of the factors
(Antimirov 1996), so that linear algebra decides. An expression whose series is 0 is a rational function of the entries
that vanishes near a point, hence everywhere where all its inverses exist, for matrices of all sizes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from derive.grading.rational import ONE, ZERO, GiveUp, Quotient

MAX_TAILS, MAX_WORDS = 60, 200


@dataclass(frozen=True, slots=True)
class Matrix:
    """A named matrix, or its transpose; ``base`` is 1 where the series is taken round the identity."""

    name: str
    turned: bool = False
    base: int = 0
    symmetric: bool = False


@dataclass(frozen=True, slots=True)
class Inverse:
    """The inverse of a sum."""

    body: Sum


Word = tuple["Matrix | Inverse | Sum", ...]


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum of words with numbers in front; the empty word is the identity."""

    terms: tuple[tuple[Quotient, Word], ...]

    def __hash__(self) -> int:
        return hash(tuple([w for _, w in self.terms]))


Vector = dict[Word, Quotient]


def turned(word: Word) -> Word:
    """The transpose of a product."""
    return tuple(_turned(part) for part in reversed(word))


def _turned(part: Matrix | Inverse | Sum) -> Matrix | Inverse | Sum:
    match part:
        case Matrix(name, flag, base, symmetric):
            return part if symmetric else Matrix(name, not flag, base)
        case Inverse(body):
            return Inverse(turned_sum(body))
    return turned_sum(part)


def turned_sum(value: Sum) -> Sum:
    """The transpose of a sum."""
    return Sum(tuple((c, turned(w)) for c, w in value.terms))


def vanishes(value: Sum) -> bool:
    """Whether an expression is 0 wherever its inverses exist; False proves nothing.

    >>> a, b = Matrix("A", base=1), Matrix("B")
    >>> both = Inverse(Sum(((ONE, (a,)), (ONE, (b,)))))
    >>> vanishes(Sum(((ONE, (both, a)), (ONE, (both, b)), (-ONE, ()))))
    True
    >>> vanishes(Sum(((ONE, (both, a)), (-ONE, (a, both)))))
    False

    Raises:
        GiveUp: an inverse has no series here, or there are too many tails.
    """
    waiting, basis = [_spread(value.terms)], dict[Word, Vector]()
    while waiting:
        vector = _reduced(waiting.pop(), basis)
        if not vector:
            continue
        if (
            _total(c * _constant(w) for w, c in vector.items()).num
            or len(basis) >= MAX_TAILS
            or len(vector) > MAX_WORDS
        ):
            return False
        lead, scale = next(iter(vector.items()))
        inverse = scale.inverse()
        basis[lead] = {w: c * inverse for w, c in vector.items()}
        waiting += _derivatives(vector)
    return True


def _reduced(vector: Vector, basis: dict[Word, Vector]) -> Vector:
    """The vector without what the basis spans; a basis vector was reduced by those before it."""
    for lead, row in basis.items():
        if (c := vector.get(lead)) is not None:
            vector = dict(vector)
            for w, k in row.items():
                _add(vector, w, -(c * k))
    return vector


def _derivatives(vector: Vector) -> Iterable[Vector]:
    """What follows each letter as the first of a word."""
    found: dict[Matrix, Vector] = {}
    for word, c in vector.items():
        for letter, tail, k in _first(word):
            _add(found.setdefault(letter, {}), tail, c * k)
    return found.values()


def _first(word: Word) -> Iterable[tuple[Matrix, Word, Quotient]]:
    """Letters with the tails behind them: ``x w``, ``(1 + a) w``, ``M⁻¹ w = (w - (M - m) M⁻¹ w) / m``."""
    if not word:
        return
    part, rest = word[0], word[1:]
    if isinstance(part, Matrix):
        yield part, rest, ONE
        if part.base:
            yield from _first(rest)
    elif isinstance(part, Inverse):
        over = _middle(part.body).inverse()
        for letter, tail, k in _first(rest):
            yield letter, tail, k * over
        for w, c in _spread(part.body.terms).items():
            for letter, tail, k in _first(w):
                yield letter, (*tail, *word), -(k * c * over)
    else:
        for w, c in _spread(((ONE, word),)).items():
            for letter, tail, k in _first(w):
                yield letter, tail, k * c


def _spread(terms: Iterable[tuple[Quotient, Word]]) -> Vector:
    """The terms with a first factor that is no sum, like words put together."""
    found: Vector = {}
    waiting = list(terms)
    while waiting:
        c, word = waiting.pop()
        if word and isinstance(word[0], Sum):
            waiting += [(c * k, (*w, *word[1:])) for k, w in word[0].terms]
        else:
            _add(found, word, c)
    return found


def _constant(word: Word) -> Quotient:
    """The constant term of a product's series."""
    result = ONE
    for part in word:
        if isinstance(part, Matrix):
            if not part.base:
                return ZERO
        else:
            result = result * (_middle(part.body).inverse() if isinstance(part, Inverse) else _middle(part))
    return result


def _middle(value: Sum) -> Quotient:
    return _total(c * _constant(w) for c, w in value.terms)


def _total(values: Iterable[Quotient]) -> Quotient:
    result = ZERO
    for v in values:
        result = result + v
    return result


def _add(vector: Vector, word: Word, c: Quotient) -> None:
    total = vector[word] + c if word in vector else c
    if total.num:
        vector[word] = total
    else:
        vector.pop(word, None)


__all__ = ["GiveUp", "Inverse", "Matrix", "Sum", "Word", "turned", "vanishes"]
