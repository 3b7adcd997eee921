"""XOR of two clauses with threshold units."""

from __future__ import annotations

from itertools import product
from typing import Any

from derive.calculus.rules import put
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Printed, Symbol, axes
from derive.notation.index_language import expression, relation

_BITS = dict.fromkeys("abcdpqTuv", "M")
_ROW = axes(k="M")


def _unit(name: str, of: str, sentence: str) -> Rule:
    return put(name, ("k",), expression(of, shapes=_BITS, letters=("k",)), "threshold unit", sentence)


def _logic(torch: Any, M: int) -> dict[str, Any]:  # noqa: N803
    """Torch's own logic at all sixteen patterns, over and over in another order."""
    rows, draw = torch.tensor(list(product((False, True), repeat=4))), torch.Generator().manual_seed(M)
    a, b, c, d = torch.cat([rows[torch.randperm(16, generator=draw)] for _ in range(M // 16)]).T
    p, q = torch.logical_or(a, ~b), torch.logical_or(~c, ~d)
    found = {"a": a, "b": b, "c": c, "d": d, "p": p, "q": q, "u": p & ~q, "v": q & ~p, "T": torch.logical_xor(p, q)}
    return {name: value.double() for name, value in found.items()}


def _printed(text: str, why: str, where: str) -> Printed:
    return Printed(relation(text, shapes=_BITS, frame=_ROW), why, where)


clauses = Derivation(
    "clause-xor-threshold-network",
    "XOR of two clauses with threshold units",
    subject="classical networks",
    statement="(A ∨ ¬B) ⊕ (¬C ∨ ¬D) from two layers of threshold units and one that adds: each clause is one unit, and "
    "each side of the XOR asks for one clause without the other.",
    start=relation("T[k] = u[k] + v[k]", shapes=_BITS, frame=_ROW),
    opening=Rule("XOR", "One clause without the other: at most one of the two happens.", lambda r: r),
    then=(
        _unit("u", "[p[k] - q[k] >= 1/2]", "The first clause without the second: only 1 − 0 reaches one half."),
        _unit("v", "[q[k] - p[k] >= 1/2]", "The second without the first."),
        _unit("p", "[a[k] - b[k] >= -1/2]", "A ∨ ¬B fails only at A = 0, B = 1."),
        _unit("q", "[-c[k] - d[k] >= -3/2]", "¬C ∨ ¬D fails only at C = D = 1."),
    ),
    symbols={
        "M": Symbol(domain="dimension", latex="M", meaning="the number of patterns, all sixteen of them"),
        **{x: Symbol(("M",), "binary", x.upper(), f"input {x.upper()}") for x in "abcd"},
        "p": Symbol(("M",), "binary", "P", "the first clause, A ∨ ¬B"),
        "q": Symbol(("M",), "binary", "Q", "the second clause, ¬C ∨ ¬D"),
        "u": Symbol(("M",), "binary", "u", "the first clause without the second"),
        "v": Symbol(("M",), "binary", "v", "the second clause without the first"),
        "T": Symbol(("M",), "derived", "T", "what the network gives"),
    },
    truth=_logic,
    settings=({"M": 48}, {"M": 64}, {"M": 80}),
    form="T_k = 1[1[A_k - B_k ≥ -1/2 ] - 1[-C_k - D_k ≥ -3/2 ] ≥ 1/2 ]"
    " + 1[1[-C_k - D_k ≥ -3/2 ] - 1[A_k - B_k ≥ -1/2 ] ≥ 1/2 ]",
    printed=(
        _printed(
            "q[k] = [1/2 - c[k] - d[k] >= 0]",
            "With the bias 0.5 the unit for ¬C ∨ ¬D is quiet as soon as one of both is 1: a NOR. It takes 1.5.",
            "w_{Q1} = -1, w_{Q2} = -1, b_Q = 0.5",
        ),
        _printed(
            "T[k] = [[a[k] + c[k] + d[k] >= 5/2] + [c[k] + d[k] - b[k] >= 3/2] + [b[k] - a[k] - c[k] >= 3/2] "
            "+ [b[k] - a[k] - d[k] >= 3/2] >= 1/2]",
            "With the bias −1.5 the units for ¬A ∧ B ∧ ¬C and ¬A ∧ B ∧ ¬D never fire: B − A − C is at most 1. They take −0.5.",
            "b_{H3} = -1.5, b_{H4} = -1.5",
        ),
    ),
    source="003_a2d52afd229cfba6.txt §2",
)
