"""Which terms are defined everywhere, as far as a glance tells."""

from __future__ import annotations

from derive.calculus.atoms import Apply, Bracket, Entry, Group, Guard, Number
from derive.calculus.expr import Term
from derive.calculus.substitute import children

_SMOOTH = "exp sin cos arctan sinh cosh tanh sigmoid softplus erf erfc arcsinh normal_cdf normal_pdf pi e"
EVERYWHERE = frozenset([*_SMOOTH.split(), "relu", "abs", "floor", "ceil", "sign", "max", "min"])


def is_total(term: Term) -> bool:
    """Whether a term is defined everywhere, as far as a glance tells."""
    plain = (Entry, Number, Group, Bracket, Guard, Apply)
    return all(
        isinstance(a, plain)
        and e.denominator == 1
        and (not isinstance(a, Apply) or a.function in EVERYWHERE)
        and all(is_total(t) for child in children(a) for t in child.terms)
        for a, e in term.factors
    )
