"""LaTeX pages go through pdflatex, where there is one."""

import re
import shutil
import subprocess

import pytest

from derive.bank.banks import bank
from derive.derivations.catalogue import catalogue
from derive.render.solution import derivation_page, solution
from derive.render.tex import tex, tex_math

PROBLEMS = ("attention/causal_mask", "generative/generator_optimum", "conv/average_pooling", "modern/contrastive_loss")
WIDE = ("conv/worked_example", "generative/gaussian_divergence", "sequences/gru_pieces")


def test_signs_words_and_tables_are_latex():
    assert tex("50 % of x̄², §3: “a_b” ≤ 1") == r"50 \% of $\bar{x}$$^{2}$, \S{}3: ``a\_b'' $\le$ 1"
    assert (
        tex("| a | b |\n|---|---|\n| $x$ | 2 |")
        == "\\begin{tabular}{lr}\na & b \\\\ \\hline\n$x$ & 2 \\\\\n\\end{tabular}"
    )
    assert tex("- one\n- `a_b`") == "\\begin{itemize}\n\\item one\n\\item \\texttt{a\\_b}\n\\end{itemize}"
    assert tex_math(r"\text{u_n} ‖ β") == r"\text{u\_n} \| \beta "


def test_a_sign_without_a_command_is_an_error():
    with pytest.raises(ValueError, match="no command"):
        tex("☃")


@pytest.mark.slow
def test_pages_compile(tmp_path):
    if shutil.which("pdflatex") is None:
        pytest.skip("pdflatex is not installed")
    pages = {name: solution(bank(())[name].variant(0), "latex") for name in (*PROBLEMS, *WIDE)}
    pages |= {name: derivation_page(catalogue()[name], "latex") for name in ("softmax-jacobian", "woodbury-identity")}
    for name, text in pages.items():
        (tmp_path / "page.tex").write_text(text, encoding="utf-8")
        command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "page.tex"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="latin-1")
        assert done.returncode == 0, f"{name}: {[x for x in done.stdout.splitlines() if x.startswith('!')]}"
        assert not re.findall(r"Overfull \\hbox \(\d\d+\..*", done.stdout), name
        assert (tmp_path / "page.pdf").stat().st_size > 10_000
