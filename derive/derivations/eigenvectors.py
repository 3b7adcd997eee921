"""The component of a relation along an eigenvector of a symmetric matrix."""

from __future__ import annotations

from derive.calculus.atoms import Bound
from derive.calculus.rules import project, tidy, use
from derive.calculus.trace import Rule
from derive.notation.index_language import expression

_SHAPES = {"H": "d d", "u": "d"}


def along_eigenvector(dim: Bound) -> tuple[Rule, Rule, Rule]:
    """Both sides in the direction of ``u``, where ``H u = eta u`` and H is symmetric, for relations in the letter of ``dim``.

    >>> from derive.calculus.affine import Affine, Letter
    >>> [rule.name for rule in along_eigenvector(Bound(Letter("i"), Affine.of(0), Affine.of("d")))]
    ['take the component', 'eigenvector', 'multiply out']
    """
    return (
        project(
            expression(f"u[{dim.letter}]", shapes=_SHAPES, frame=(dim,)),
            dim,
            "Multiply by the eigenvector's entries and add up: the component along u.",
        ),
        use(
            expression("sum(u[i]*H[i, j], i)", shapes=_SHAPES),
            expression("eta*u[j]", shapes=_SHAPES),
            "eigenvector",
            "H is symmetric, so u is an eigenvector from the left as well: Σ u_i H_ij = η u_j.",
        ),
        tidy("multiply out", "The sum of a difference is a difference of sums.", change="distribute"),
    )
