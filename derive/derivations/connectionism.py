"""Early networks: threshold units and their normal form, NAND machines, parity and Hamming code."""

from __future__ import annotations

from itertools import product
from typing import Any

from derive.calculus.rules import put, use
from derive.calculus.rules_common import on_the_right
from derive.calculus.rules_terms import multiply_out
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Printed, Symbol, axes
from derive.notation.index_language import expression, relation

_NOTES = "000_46eee05028ac51b3.txt 'Connectionism'"
_DESIGN = "003_a2d52afd229cfba6.txt §1"
_BITS = {"B": "M n", "X": "M n", "f": "M", "e": "M M", "sigma": "n"}
_WORDS = ({"n": 2, "M": 4}, {"n": 3, "M": 8}, {"n": 4, "M": 16})
_ROWS = {
    "n": Symbol(domain="dimension", latex="n", meaning="the number of inputs"),
    "M": Symbol(domain="dimension", latex="M", meaning="the number of their patterns, 2ⁿ"),
    "B": Symbol(("M", "n"), "derived", "b", "all patterns of inputs, one a row"),
}


def _by(name: str, sentence: str) -> Rule:
    return Rule(name, sentence, lambda r: r)


def _patterns(torch: Any, n: int) -> Any:
    return torch.tensor(list(product((0.0, 1.0), repeat=n)), dtype=torch.float64)


def _threshold(torch: Any, sigma: Any, theta: Any, n: int) -> dict[str, Any]:
    """The unit at every pattern, and which patterns are the same."""
    bits = _patterns(torch, n)
    fires = torch.ge(torch.mv(bits, sigma), theta).to(torch.float64)
    return {"B": bits, "X": 2 * bits - 1, "f": fires, "e": (bits[:, None] == bits[None]).all(dim=2).to(torch.float64)}


normal_form = Derivation(
    "mcculloch-pitts-normal-form",
    "The disjunctive normal form of a threshold unit",
    subject="classical networks",
    statement="A threshold unit as an OR of ANDs: one for each pattern at which it fires, and at most one of them is true.",
    start=relation("f[a] = sum(f[k]*e[a, k], k)", shapes=_BITS, frame=axes(a="M")),
    opening=_by("pick the pattern", "Of all patterns exactly one is the input: e is 1 for it and 0 for the others."),
    then=(
        put(
            "e",
            ("a", "k"),
            expression("[sum(X[a, i]*X[k, i], i) >= n]", shapes=_BITS, letters=("a", "k")),
            "conjunction",
            "Written as 1 and −1, bits that agree have the product 1. An AND asks that all n agree: a threshold unit too.",
        ),
        on_the_right(
            put(
                "f",
                ("k",),
                expression("[sum(sigma[i]*B[k, i], i) >= theta]", shapes=_BITS, letters=("k",)),
                "threshold",
                "At a pattern the unit fires if the weights of its ones reach the threshold.",
            )
        ),
    ),
    symbols=_ROWS
    | {
        "sigma": Symbol(("n",), "pm1", r"\sigma", "the weights, 1 or −1"),
        "theta": Symbol((), "int", r"\theta", "the threshold"),
        "X": Symbol(("M", "n"), "derived", "x", "the patterns with −1 in place of 0"),
        "f": Symbol(("M",), "derived", "f", "what the unit gives for each pattern"),
        "e": Symbol(("M", "M"), "derived", "e", "whether two patterns are the same"),
    },
    truth=_threshold,
    settings=_WORDS,
    form="f_a = Σ_{k=1}^M 1[Σ_{i=1}^n σ_i b_{k,i} ≥ θ] 1[Σ_{i=1}^n x_{a,i} x_{k,i} ≥ n]",
    source=_NOTES,
)


def _nand(torch: Any, a: Any, b: Any) -> Any:
    return torch.logical_not(torch.logical_and(a, b)).to(torch.float64)


def _nand_or(torch: Any, a: Any, b: Any) -> dict[str, Any]:
    return {
        "p": _nand(torch, a, a),
        "q": _nand(torch, b, b),
        "y": torch.logical_or(a, b).to(torch.float64),
    }


def _nand_xor(torch: Any, a: Any, b: Any) -> dict[str, Any]:
    c = _nand(torch, a, b)
    p, q = _nand(torch, a, c), _nand(torch, c, b)
    return {"c": c, "p": p, "q": q, "y": torch.logical_xor(a, b).to(torch.float64)}


_GATES = dict.fromkeys("abcpqy", "M")
_ROW = axes(k="M")
_GATE = {
    "M": Symbol(domain="dimension", latex="M", meaning="the number of pairs of bits"),
    "a": Symbol(("M",), "binary", "a", "the first bit"),
    "b": Symbol(("M",), "binary", "b", "the second bit"),
    "p": Symbol(("M",), "derived", "p", "what the first unit below gives"),
    "q": Symbol(("M",), "derived", "q", "what the second unit below gives"),
    "y": Symbol(("M",), "derived", "y", "what the network gives"),
}
_TABLE = ({"M": 16}, {"M": 24}, {"M": 32})  # all four pairs are among that many


def _gate(name: str, of: str, sentence: str) -> Rule:
    return put(name, ("k",), expression(of, shapes=_GATES, letters=("k",)), "unit", sentence)


def _whole(bit: str) -> Rule:
    return use(
        expression(f"{bit}[k]**2", shapes=_GATES, letters=("k",)),
        expression(f"{bit}[k]", shapes=_GATES, letters=("k",)),
        "idempotent",
        "A bit is its own square.",
        "It is 0 or 1.",
    )


_OUT = relation("y[k] = 1 - p[k]*q[k]", shapes=_GATES, frame=_ROW)
nand_or = Derivation(
    "nand-or",
    "OR from NAND units",
    subject="classical networks",
    statement="The NAND of two negations, themselves NANDs of a bit with itself, is OR.",
    start=_OUT,
    opening=_by("NAND", "A NAND unit gives 1 less the product of its inputs."),
    then=(
        _gate("p", "1 - a[k]**2", "The first input is a NAND a."),
        _gate("q", "1 - b[k]**2", "The second is b NAND b."),
        multiply_out("Multiply out."),
        _whole("a"),
        _whole("b"),
    ),
    symbols=_GATE,
    truth=_nand_or,
    settings=_TABLE,
    form="y_k = b_k + a_k - a_k b_k",
    source=_NOTES,
)
nand_xor = Derivation(
    "nand-xor",
    "XOR from four NAND units",
    subject="classical networks",
    statement="Four NAND units give XOR: a + b − 2ab on bits.",
    start=_OUT,
    opening=_by("NAND", "A NAND unit gives 1 less the product of its inputs."),
    then=(
        _gate("p", "1 - a[k]*c[k]", "The first input is a NAND c."),
        _gate("q", "1 - c[k]*b[k]", "The second is c NAND b."),
        _gate("c", "1 - a[k]*b[k]", "Both share c, which is a NAND b."),
        multiply_out("Multiply out."),
        _whole("a"),
        _whole("b"),
        multiply_out("What is left of the products of both."),
    ),
    symbols=_GATE | {"c": Symbol(("M",), "derived", "c", "the unit that both share")},
    truth=_nand_xor,
    settings=_TABLE,
    form="y_k = b_k + a_k - 2 a_k b_k",
    source=f"{_NOTES}; 003_a2d52afd229cfba6.txt §2",
)


def _parity(torch: Any, n: int) -> dict[str, Any]:
    """All patterns and their parities by exclusive or, bit after bit."""
    bits = _patterns(torch, n)
    odd = torch.zeros(len(bits), dtype=torch.bool)
    for column in bits.T:
        odd = torch.logical_xor(odd, column)
    return {"B": bits, "y": odd.to(torch.float64)}


parity = Derivation(
    "parity-threshold-network",
    "Parity with one layer of threshold units",
    subject="classical networks",
    statement="n threshold units give the parity of n bits: unit k fires from k ones on, and counts with alternating sign.",
    start=relation("y[a] = sum((-1)**k*[sum(B[a, i], i) >= k + 1], k=0..n-1)", shapes={"B": "M n"}, frame=axes(a="M")),
    opening=_by("alternating sum", "With s ones the first s units fire: 1 − 1 + 1 − … is 1 for odd s and else 0."),
    symbols=_ROWS | {"y": Symbol(("M",), "derived", "P", "the parity, the exclusive or of all bits")},
    truth=_parity,
    settings=_WORDS,
    kind="claim",
    form="P_a = Σ_{k=1}^n (-1)^{k-1} 1[Σ_{i=1}^n b_{a,i} ≥ k]",
    source=f"{_DESIGN}, §2",
)
_CHECKS = ((1, 1, 0, 1), (1, 0, 1, 1), (0, 1, 1, 1))
_UNITS = ((1, -1, -1), (-1, 1, -1), (-1, -1, 1), (1, 1, 1))


def _hamming(torch: Any, n: int) -> dict[str, Any]:
    """The parities of the data bits that each check covers, for every word; and the sheet's hidden weights.

    With fewer than four bits it is the shortened code, whose last bits are 0.
    """
    bits, checks = _patterns(torch, n), torch.tensor(_CHECKS, dtype=torch.float64)[:, :n]
    odd = torch.remainder(bits @ checks.T, 2).T
    hidden = torch.zeros(3, 4, 4, dtype=torch.float64)
    for check, covered in enumerate(((0, 1, 2), (0, 2, 3), (1, 2, 3))):
        for unit, weights in enumerate(_UNITS):
            hidden[check, unit, list(covered)] = torch.tensor(weights, dtype=torch.float64)
    return {"B": bits, "D": checks, "y": odd, "U": hidden[:, :, :n]}


_CODE = {"B": "M n", "D": "3 n", "U": "3 4 n", "y": "3 M"}
hamming = Derivation(
    "hamming-network",
    "A network that gives the Hamming code's parity bits",
    subject="classical networks",
    statement="Three threshold units for each check give the three parity bits of up to four data bits.",
    start=relation(
        "y[c, a] = sum((-1)**k*[sum(D[c, i]*B[a, i], i) >= k + 1], k=0..2)", shapes=_CODE, frame=axes(c="3", a="M")
    ),
    opening=_by("parity", "Each check is the parity of the three bits that it covers (derived above)."),
    symbols=_ROWS
    | {
        "D": Symbol(("3", "n"), "derived", "d", "which bits each check covers"),
        "U": Symbol(("3", "4", "n"), "derived", "W", "the hidden weights as they are printed"),
        "y": Symbol(("3", "M"), "derived", "P", "the parity bits"),
    },
    truth=_hamming,
    settings=_WORDS,
    kind="claim",
    form="P_{c,a} = Σ_{k=1}^3 (-1)^{k-1} 1[Σ_{i=1}^n d_{c,i} b_{a,i} ≥ k]",
    source=_DESIGN,
    lemmas=(parity,),
    printed=(
        Printed(
            relation(
                "y[c, a] = [sum([sum(U[c, k, i]*B[a, i], i) >= 1/2], k) >= 1/2]", shapes=_CODE, frame=axes(c="3", a="M")
            ),
            "The first check reads D₁, D₂, D₃ and not D₄; and with the bias −0.5 the unit for three ones fires at one: an AND "
            "of three needs −2.5.",
            r"W_h, B_h",
        ),
    ),
)
