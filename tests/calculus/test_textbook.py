"""The textbook form of gradients: exact text, and the same values as reverse mode's own lines."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from programs import drawn, run

from derive.calculus import folding
from derive.calculus.gradient import gradients
from derive.calculus.textbook import textbook
from derive.notation.index_language import program, relation
from derive.notation.index_text import relation_text, to_text

SIZES = {"N": 6, "I": 3, "J": 5, "K": 4, "D": 2, "E": 9, "M": 7, "T": 4, "n": 8}


@dataclass(frozen=True)
class Case:
    text: str
    forms: dict[str, str]
    given: tuple[str, ...] = ()
    shapes: dict[str, str] = field(default_factory=dict)
    fix: Any = None


def positive(arrays: dict[str, Any]) -> None:
    arrays["y"] = np.abs(arrays["y"])
    arrays["y"] /= arrays["y"].sum(-1, keepdims=True)


CASES = {
    "softmax, step by step": Case(
        "z[k] := sum(W[k,j]*x[j], j); e[k] := exp(z[k]); s := sum(e[k], k); p[k] := e[k]/s; L := -sum(y[k]*log(p[k]), k)",
        {"z": "p[k] - y[k]", "W": "(p[k] - y[k])*x[j]"},
        given=("sum(y[k], k) = 1",),
        fix=positive,
    ),
    "softmax of a batch": Case(
        "z[n,k] := sum(X[n,j]*W[j,k], j); p[n,k] := exp(z[n,k])/sum(exp(z[n,q]), q); L := -sum(y[n,k]*log(p[n,k]), n, k)/N",
        {"W": "sum((p[n,k] - y[n,k])*X[n,j], n)/N"},
        given=("sum(y[n,k], k) = 1",),
        shapes={"X": "N J"},
        fix=positive,
    ),
    "softmax without the hypothesis": Case(
        "z[n,k] := sum(X[n,j]*W[j,k], j); p[n,k] := exp(z[n,k])/sum(exp(z[n,q]), q); L := -sum(y[n,k]*log(p[n,k]), n, k)",
        {"z": "p[n,k]*sum(y[n,i], i) - y[n,k]", "W": "sum((p[n,k]*sum(y[n,i], i) - y[n,k])*X[n,j], n)"},
    ),
    "logistic regression": Case(
        "z[n] := sum(X[n,j]*w[j], j); p[n] := sigmoid(z[n]); L := -sum(y[n]*log(p[n]) + (1-y[n])*log(1-p[n]), n)",
        {"w": "sum((p[n] - y[n])*X[n,j], n)"},
    ),
    "two layers": Case(
        "z1[i] := sum(W1[i,j]*x[j], j) + b1[i]; a1[i] := sigmoid(z1[i]); z2[k] := sum(W2[k,i]*a1[i], i) + b2[k]; "
        "a2[k] := sigmoid(z2[k]); L := sum((a2[k]-y[k])**2, k)/2",
        {
            "z2": "(a2[k] - y[k])*sigmoid'(z2[k])",
            "z1": "sigmoid'(z1[i])*sum(z2_bar[k]*W2[k,i], k)",
            "W1": "z1_bar[i]*x[j]",
            "b2": "z2_bar[k]",
        },
    ),
    "ridge": Case(
        "r[n] := sum(X[n,j]*w[j], j) - y[n]; L := sum(r[n]**2, n) + lam*sum(w[j]**2, j)",
        {"w": "2*(sum(r[n]*X[n,j], n) + lam*w[j])"},
    ),
    "attention": Case(
        "S[i,j] := sum(Q[i,d]*K[j,d], d)/sqrt(D); P[i,j] := exp(S[i,j])/sum(exp(S[i,q]), q); O[i,d] := sum(P[i,j]*V[j,d], j)",
        {
            "V": "sum(O_bar[i,d]*P[i,j], i)",
            "S": "P[i,j]*(sum(O_bar[i,d]*V[j,d], d) - sum(O_bar[i,d]*O[i,d], d))",
            "Q": "sum(S_bar[i,j]*K[j,d], j)/sqrt(D)",
        },
        shapes={"Q": "N D", "K": "M D", "V": "M E"},
    ),
    "recurrence": Case(
        "z[t,i] := sum(W[i,j]*h[t-1,j], j) + x[t,i]; h[t,i] := tanh(z[t,i]); L := sum((h[t,i]-y[t,i])**2, t, i)",
        {
            "h": "sum(z_bar[t+1,j]*W[j,i], j) + 2*(h[t,i] - y[t,i])",
            "z": "h_bar[t,i]*tanh'(z[t,i])",
            "W": "sum(z_bar[t,i]*h[t-1,j], t)",
        },
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_form_and_its_values(name: str) -> None:
    case = CASES[name]
    p = program(case.text, shapes=case.shapes)
    known = {d.name for d in p.definitions}
    wrt = [n for n in case.forms if n not in known]
    plain = gradients(p, wrt)
    found = textbook(plain, [relation(g) for g in case.given])
    assert {n: to_text(found.adjoints[n].result, shapes=p.shapes) for n in case.forms} == case.forms
    sizes = {x.name for s in plain.program.shapes.values() for a in s for x in a.letters}
    numbers = {x: SIZES[x] for x in sizes} | ({"N": 6} if "N" in case.text else {})
    arrays = drawn(plain.program, numbers) | drawn(p, numbers)
    if case.fix:
        case.fix(arrays)
    before, after = run(plain.program, arrays, numbers), run(found.program, arrays, numbers)
    for x in wrt:
        np.testing.assert_allclose(
            after[f"{x}_bar"], before[f"{x}_bar"], rtol=1e-9, atol=1e-11, equal_nan=True, err_msg=x
        )


def test_every_line_says_what_it_changed() -> None:
    case = CASES["softmax, step by step"]
    found = textbook(gradients(program(case.text), ["W"]), [relation(g) for g in case.given])
    for line in found.lines:
        if line.before is not None:
            again = line.rule.apply(line.before)
            assert relation_text(again) == relation_text(line.relation) != relation_text(line.before)
    assert "use what is given" in {x.rule.name for x in found.lines}


def test_a_name_is_recognised_in_a_power_of_it() -> None:
    p = program("s := sqrt(v + eps); q := s")
    rule = folding.recognise(p.definitions[:1])
    from derive.notation.index_language import expression

    for text, form in {"1/sqrt(v + eps)": "1/s", "(v + eps)**(3/2)": "s**3", "v + eps": "v + eps"}.items():
        r = relation(f"d = {text}")
        assert to_text(rule.apply(r).result) == form
        assert expression(form) == rule.apply(r).result
