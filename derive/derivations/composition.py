"""The Jacobian of a composition at a point: the product of the Jacobians, the outer one taken at the inner value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from derive.calculus.affine import Affine, Letter
from derive.calculus.algebra import simplified_numbers
from derive.calculus.atoms import Bound, Entry
from derive.calculus.chain import jacobian
from derive.calculus.differentiate import derivative
from derive.calculus.expr import Expr, add, entry, expr
from derive.calculus.substitute import replace_entries
from derive.calculus.trace import Line, Relation, Rule, Table
from derive.derivations.base import Derivation, Symbol
from derive.notation.index_language import expression

Point = Sequence[Fraction | int]
GENERAL = (1, 2, 3, 6)  # the functions and their Jacobians; every other line is about the point


def composition(
    name: str,
    inner: Sequence[str],
    outer: Sequence[str],
    point: Point,
    truth: Callable[..., Any],
    **more: Any,
) -> Derivation:
    """The Jacobian of ``z(y(x))`` at a point.

    Args:
        name: the derivation's name.
        inner: the components of y, index text in ``x[0]``, ``x[1]``, ….
        outer: the components of z, in ``y[0]``, ``y[1]``, ….
        point: the coordinates of x.
        truth: given torch and x, the pair y(x) and a function from y to z, in torch's own operators.
        **more: further fields of the derivation.
    """
    sizes = {"x": len(point), "y": len(inner), "z": len(outer)}
    return Derivation(
        name,
        "The Jacobian of a composition at a point",
        subject="networks",
        statement="The Jacobian of $z = f_2(f_1(x))$ in $x$, at a given point, by the chain rule.",
        symbols={
            "x": Symbol((sizes["x"],), "derived", "x", "the input, a point"),
            "y": Symbol((sizes["y"],), "derived", "y", "the value of the inner function, y = f₁(x)"),
            "z": Symbol((sizes["z"],), "derived", "z", "the value of the outer function, z = f₂(y) = f(x)"),
        },
        truth=_oracle(truth, [float(x) for x in point]),
        elsewhere=_oracle(truth, [x + 0.37 * (k + 1) for k, x in enumerate(point)]),
        general=GENERAL,
        settings=({},),
        replayed=lambda: _lines(inner, outer, point, sizes),
        **more,
    )


def _oracle(truth: Callable[..., Any], point: Sequence[float]) -> Callable[..., dict[str, Any]]:
    def values(torch: Any) -> dict[str, Any]:
        x = torch.tensor(point, dtype=torch.float64)
        inner, outer = truth(torch)
        y = inner(x)
        whole = torch.autograd.functional.jacobian(lambda v: outer(inner(v)), x)
        return {
            "x": x,
            "y": y,
            "z": outer(y),
            jacobian("y", "x"): torch.autograd.functional.jacobian(inner, x),
            jacobian("z", "y"): torch.autograd.functional.jacobian(outer, y),
            jacobian("z", "x"): whole,
        }

    return values


def _lines(inner: Sequence[str], outer: Sequence[str], point: Point, sizes: dict[str, int]) -> tuple[Line, ...]:
    first = _given("y", inner, "x", sizes)
    at_x = _at("x", [expr(Fraction(v)) for v in point])
    slope = _differentiate("y", "x", sizes)
    second = _given("z", outer, "y", sizes)
    y_at = at_x.apply(first)
    values = [row[0] for row in _table(y_at).entries]
    at_y, slope_2 = _at("y", values), _differentiate("z", "y", sizes)
    lines = [Line(DEFINED, first, mode="definition"), Line(DEFINED, second, mode="definition")]
    j1 = slope.apply(first)
    lines += [Line(slope, j1, first), Line(at_x, at_x.apply(j1), j1), Line(at_x, y_at, first)]
    j2 = slope_2.apply(second)
    lines += [Line(slope_2, j2, second), Line(at_y, at_y.apply(j2), j2)]
    times = _product(at_x.apply(j1), sizes)
    return (*lines, Line(times, times.apply(at_y.apply(j2)), at_y.apply(j2)))


def _given(name: str, components: Sequence[str], of: str, sizes: dict[str, int]) -> Relation:
    entries = tuple((expression(c, shapes={of: str(sizes[of])}),) for c in components)
    return Relation((entry(name, "a"), Table(entries, column=True)), frame=(_axis("a", sizes[name]),))


def _axis(letter: str, size: int) -> Bound:
    return Bound(Letter(letter), Affine.of(0), Affine.of(size))


def _table(relation: Relation) -> Table:
    assert isinstance(relation.right, Table)
    return relation.right


def _differentiate(of: str, wrt: str, sizes: dict[str, int]) -> Rule:
    def apply(relation: Relation) -> Relation:
        rows = tuple(
            tuple(derivative(row[0], wrt, (Affine.of(k),)) for k in range(sizes[wrt]))
            for row in _table(relation).entries
        )
        frame = (_axis("a", sizes[of]), _axis("b", sizes[wrt]))
        return Relation((entry(jacobian(of, wrt), "a", "b"), Table(rows)), frame=frame)

    return Rule("Jacobian", "Row by row, differentiate each component in each variable.", apply)


def _at(name: str, values: Sequence[Expr]) -> Rule:
    def put(e: Entry) -> Expr | None:
        k = e.at[0].constant if e.name == name and e.at else None
        return None if k is None else values[k]

    def apply(relation: Relation) -> Relation:
        table = _table(relation).map(lambda e: simplified_numbers(replace_entries(e, put)))
        return Relation((relation.left, table), relation.ops, relation.frame)

    column = Table(tuple((v,) for v in values), column=True)
    fact = Relation((entry(name, "a"), column), frame=(_axis("a", len(values)),))
    return Rule("evaluate", "Put the point's coordinates in.", apply, fact=fact)


def _product(right: Relation, sizes: dict[str, int]) -> Rule:
    def apply(left: Relation) -> Relation:
        a, b = _table(left).entries, _table(right).entries
        rows = tuple(
            tuple(add(a[i][k] * b[k][j] for k in range(sizes["y"])) for j in range(sizes["x"]))
            for i in range(sizes["z"])
        )
        frame = (_axis("a", sizes["z"]), _axis("b", sizes["x"]))
        return Relation((entry(jacobian("z", "x"), "a", "b"), Table(rows)), frame=frame)

    return Rule(
        "chain rule",
        "Multiply: the outer Jacobian, taken at the inner value, times the inner one. Each entry is a row times a column.",
        apply,
        condition="Both functions are differentiable there.",
        statement=r"J_{f_2 \circ f_1}(x) = J_{f_2}(f_1(x))\, J_{f_1}(x)",
    )


DEFINED = Rule("given", "The function is given.", lambda r: r)


def _waves(x1: int, a: int) -> tuple[tuple[str, ...], Callable[[Any], Callable[[Any], Any]]]:
    """Problem 3's inner function, with a coefficient: as index text, and in torch's operators."""

    def inner(torch: Any) -> Callable[[Any], Any]:
        return lambda x: torch.stack(
            [torch.sin(torch.pi * x[1]) / torch.pi, torch.exp(x[0] - x1) * x[1] ** 2, a * x[0] * x[1]]
        )

    return ("sin(pi*x[1])/pi", f"exp(x[0] - {x1})*x[1]**2", f"{a}*x[0]*x[1]"), inner


def inner_jacobian(x1: int, x2: int, a: int) -> Derivation:
    """The Jacobian of problem 3's inner function alone, at the point."""
    whole = waves_and_squares(x1, x2, a, 1)
    return replace(
        whole,
        name="inner-jacobian",
        title="The Jacobian of the inner function at a point",
        replayed=lambda: tuple(whole.lines[k] for k in (0, 2, 3)),
        general=(1, 2),
        form="",
        variants=(),
    )


def waves_and_squares(x1: int, x2: int, a: int, b: int) -> Derivation:
    """Problem 3's pair of functions with two coefficients: ``a x₁x₂`` inside and ``b y₃²`` outside."""
    text, torch_inner = _waves(x1, a)

    def truth(torch: Any) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
        return torch_inner(torch), lambda y: torch.stack([y.sum(), y[0] ** 2 + y[1] ** 2 + b * y[2] ** 2])

    return composition(
        "composition-jacobian",
        text,
        ("y[0] + y[1] + y[2]", f"y[0]**2 + y[1]**2 + {b}*y[2]**2"),
        (x1, x2),
        truth,
        source="003_a2d52afd229cfba6.txt §3",
        form="∂z/∂x = [ 6 , 6 ; 40 , 36 ]" if (x1, x2, a, b) == (1, 2, 1, 1) else "",
        variants=()
        if (x1, x2, a, b) != (1, 2, 1, 1)
        else (waves_and_squares(2, 3, 2, 1), waves_and_squares(3, 1, 1, 2)),
    )


composition_jacobian = waves_and_squares(1, 2, 1, 1)
