"""Changes of a formula whose array has another shape than the derivative: a transpose, a diagonal, sums over other axes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import permutations

import numpy as np

from derive.calculus.affine import Affine, fresh
from derive.calculus.atoms import Bound, Group
from derive.calculus.expr import Expr, Term, total
from derive.calculus.fields import Array
from derive.calculus.substitute import free_letters, subs
from derive.testing.differences import World, agreement, also, multiple
from derive.testing.factors import Quantities
from derive.testing.repairs import Trial

MOST_LETTERS = 6
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")


def transposed(ours: Sequence[Array], worlds: Sequence[World], known: Quantities) -> Iterator[str]:
    """A matrix in the other layout."""
    if any(o.ndim != 2 for o in ours):
        return
    if all(w.agrees(o.T) for o, w in zip(ours, worlds, strict=True)):
        yield "It matches after a transpose: the formula is the gradient in the other layout."
    elif said := multiple([o.T for o in ours], worlds, known):
        yield f"It matches after a transpose and {said}."


def reshaped(ours: Sequence[Array], worlds: Sequence[World], known: Quantities) -> Iterator[str]:
    """Every entry is there, but not in the derivative's shape: axes of length 1, a diagonal, one number for all."""
    changes: Mapping[str, list[Array]] = {
        _of_length_1(ours[0], worlds[0].torch): [_reshaped(o, w.torch) for o, w in zip(ours, worlds, strict=True)],
        "on a diagonal: diag(…) of it": [np.diag(o) if o.ndim == 1 else o for o in ours],
        "as the number in every entry: the formula is one number": [
            np.full(w.torch.shape, o) if not o.ndim else o for o, w in zip(ours, worlds, strict=True)
        ],
    }
    for text, tried in changes.items():
        if (more := agreement(tried, worlds, known)) is not None:
            yield f"It matches {text}{also(more)}."
            return


def _of_length_1(found: Array, right: Array) -> str:
    more = "with one axis of length 1 more, as [:, None] or keepdims=True makes it"
    return "without its axis of length 1" if found.ndim > right.ndim else more


def _reshaped(found: Array, right: Array) -> Array:
    """The array with as many axes of length 1 as the right one has."""
    alike = found.ndim != right.ndim and found.squeeze().shape == right.squeeze().shape
    return found.reshape(right.shape) if alike else found


def summed(ours: Sequence[Array], worlds: Sequence[World], known: Quantities) -> Iterator[str]:
    """A sum over one axis is missing."""
    if any(o.ndim != w.torch.ndim + 1 for o, w in zip(ours, worlds, strict=True)):
        return
    for axis in range(ours[0].ndim):
        if (more := agreement([o.sum(axis=axis) for o in ours], worlds, known)) is not None:
            yield f"It matches after a sum over its {ORDINALS[axis]} axis{also(more)}."
            return


def resummed(trial: Trial, axes: Sequence[Affine]) -> Iterator[str]:
    """Sums over other letters: those that are left run along the axes of the derivative.

    Args:
        trial: the formula.
        axes: how far the axes of the name run in which is differentiated.
    """
    frame = trial.formula.frame
    bounds = [b for b in _common(trial.body) if b not in frame]
    letters = [*frame, *bounds]
    if len(letters) > MOST_LETTERS:
        return
    for chosen in permutations(letters, len(axes)):
        if [b.high - b.low for b in chosen] != list(axes) or list(chosen) == list(frame):
            continue
        other = replace(trial.formula, frame=chosen, body=_summed_over(trial.body, letters, chosen))
        mended = replace(trial, formula=other)
        if (more := mended.lacks(mended.body)) is not None:
            yield f"It matches {_said(frame, chosen)}{also(more)}{mended.becomes(mended.body)}"
            return


def resummed_inside(trial: Trial) -> Iterator[str]:
    """The same for a term of a sum in brackets, as in p (G - Σ p G)."""
    for k, term in enumerate(trial.body.terms):
        outer = (*trial.formula.frame, *term.bounds)
        for at, (atom, e) in enumerate(term.factors):
            for said, inner in _of_terms(atom.body, outer) if isinstance(atom, Group) else ():
                factors = (*term.factors[:at], (Group(inner), e), *term.factors[at + 1 :])
                body = Expr((*trial.body.terms[:k], replace(term, factors=factors), *trial.body.terms[k + 1 :]))
                if trial.mends(body):
                    yield f"It matches {said}{trial.becomes(body)}"
                    return


def _of_terms(body: Expr, outer: Sequence[Bound]) -> Iterator[tuple[str, Expr]]:
    for k, term in enumerate(body.terms):
        for bound in term.bounds:
            for said, changed in _over_another(term, bound, outer):
                yield said, Expr((*body.terms[:k], *changed.terms, *body.terms[k + 1 :]))


def _over_another(term: Term, bound: Bound, outer: Sequence[Bound]) -> Iterator[tuple[str, Expr]]:
    """A sum's letter made one from outside; and then one from outside made the sum's."""
    rest = Expr((replace(term, bounds=tuple(b for b in term.bounds if b != bound)),))
    free = free_letters(rest)
    for x in (b for b in outer if b.high - b.low == bound.high - bound.low):
        lone = subs(rest, {bound.letter: x.letter - x.low + bound.low})
        if x.letter in free:
            yield f"without the sum over {bound.high - bound.low}", lone
            continue
        for y in (b for b in outer if b.letter in free and b != x):
            new = fresh(y.letter)
            turned = subs(rest, {bound.letter: x.letter - x.low + bound.low, y.letter: Affine.of(new)})
            yield (
                f"with a sum over {y.high - y.low} in place of {bound.high - bound.low}",
                total(turned, replace(y, letter=new)),
            )


def _common(body: Expr) -> tuple[Bound, ...]:
    """The letters that the only term of a formula is summed over."""
    return body.terms[0].bounds if len(body.terms) == 1 else ()


def _summed_over(body: Expr, letters: Sequence[Bound], kept: Sequence[Bound]) -> Expr:
    gone = tuple(b for b in letters if b not in kept)
    return Expr(tuple(_with_bounds(t, gone, letters) for t in body.terms))


def _with_bounds(term: Term, gone: tuple[Bound, ...], letters: Sequence[Bound]) -> Term:
    return replace(term, bounds=(*gone, *(b for b in term.bounds if b not in letters)))


def _said(frame: Sequence[Bound], chosen: Sequence[Bound]) -> str:
    """Which sums go, and which come."""
    more, less = ([b.high - b.low for b in one if b not in other] for one, other in ((frame, chosen), (chosen, frame)))
    over = [" and ".join(map(str, sizes)) for sizes in (more, less)]
    match bool(more), bool(less):
        case True, True:
            return f"with a sum over {over[0]} in place of {over[1]}"
        case True, False:
            return f"after a sum over {over[0]}"
        case False, True:
            return f"without the sum over {over[1]}"
    return "with its axes in another order"


def lying(wrt: str, right: bool = False, due: bool = False) -> str:
    """What is said of a row where a column is due; whether it is ``right`` as a column, or a row is what is ``due``."""
    if due:
        return (
            "It matches after a transpose: the left side asks for a row, and the formula is a column."
            if right
            else ("The left side asks for a row, and the formula is a column: transpose it.")
        )
    if not right:
        return f"The formula is a row, and the gradient in {wrt} is a column, as {wrt} is: transpose it."
    return (
        "It matches after a transpose: the formula is a row where a column is due."
        rf" A row is due with \partial {wrt}^\top on the left side."
    )
