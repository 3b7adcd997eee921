"""Mathematics in sentences: found, typeset everywhere, and nothing lost on the way."""

import re
from unicodedata import normalize

import pytest

from derive.derivations.catalogue import catalogue
from derive.render.katex import inline
from derive.render.plain import plain_text
from derive.render.tex import tex
from derive.render.typst_math import typst_math
from derive.render.wording import worded

SAME = str.maketrans({"−": "-", "⁻": "-", "′": "'", "″": "''", "∗": "*", "½": "1/2", "⁄": "/"})


def sentences() -> list[str]:
    found = set()
    for d in catalogue().values():
        found |= {d.statement, *d.assumptions, *(s.meaning for s in d.symbols.values())}
    return sorted(x for x in found if x and "$" not in x)


def signs(text: str) -> list[str]:
    """The characters of a text, however they are raised, in no order: scripts change places."""
    return sorted(re.sub(r"[\s^_{}()]", "", normalize("NFKC", text.translate(SAME)).translate(SAME)))


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("the mean of p", "the mean of $p$"),
        ("A key and a value", "A key and a value"),
        ("A and A + UV are invertible.", "$A$ and $A + UV$ are invertible."),
        ("the logit a is a number in a", "the logit $a$ is a number in $a$"),
        ("the slope f′(z_l) of L", "the slope $f'(z_{l})$ of $L$"),
        ("KL(p‖q), log₂ n", r"$\mathrm{KL}(p \parallel q)$, $\log_{2} n$"),
        ("the p-norm, x's sign, 2-D, L2", "the $p$-norm, $x$'s sign, 2-D, L2"),
        ("ᾱ_{t−1} √(2π) ½‖x‖²", r"$\bar{\alpha}_{t-1} \sqrt{2\pi} \tfrac{1}{2}\lVert x\rVert^{2}$"),
        ("−1 or 1, 5 % (derived above)", "−1 or 1, 5 % (derived above)"),
        ("`x_t` and $x_t$", "`x_t` and $x_t$"),
        ("the mean of p δ says A x = s I", "the mean of $p$ $\\delta$ says $A x = s I$"),
        ("c* is e⁻ˣ, Wᵀa of 1 − tanh²", r"$c^{\ast}$ is $e^{-x}$, $W^{\top}a$ of $1 - \tanh^{2}$"),
        ("Σ p = 1 for ½ Σ (x − μ)², Σ alone", r"$\sum p = 1$ for $\tfrac{1}{2} \sum (x - \mu)^{2}$, $\Sigma$ alone"),
        ("E[x] = Σ_k p_k", r"$\mathbb{E}[x] = \sum_{k} p_{k}$"),
    ],
)
def test_what_is_mathematics_in_a_sentence(said: str, shown: str) -> None:
    assert worded(said) == shown


def test_no_sign_of_a_sentence_is_lost() -> None:
    changed = 0
    for said in sentences():
        shown = worded(said)
        changed += shown != said
        assert signs(plain_text(shown)) == signs(said)
        rest = re.sub(r"\$[^$]*\$", "", shown)
        assert not re.search(r"[α-ωΑ-Ω∂∇√‖=^_]", rest), shown
    assert changed > 400


def test_every_formula_of_a_sentence_is_typeset_in_every_format() -> None:
    formulas = sorted({m for said in sentences() for m in re.findall(r"\$([^$]+)\$", worded(said))})
    for latex in formulas:
        assert inline(latex)
        assert typst_math(latex)
        assert tex(f"${latex}$")
