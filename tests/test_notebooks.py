"""Notebooks: valid, the same every time, and their cells recompute every line with nothing but NumPy."""

import json
import sys

import nbformat
import pytest

from derive.bank.banks import bank
from derive.calculus.expr import expr
from derive.calculus.program import Program
from derive.derivations.catalogue import catalogue
from derive.render import notebook, recompute
from derive.render.notebook import derivation_notebook, solution_notebook

ALONE = ["softmax-jacobian", "mlp-first-weights", "conv1d-input-gradient"]
MORE = [
    "rnn-bptt-state-weights",
    "attention-keys",
    "batch-norm-input",
    "conv2d-filter-gradient",
    "gcn-weights",
]


def code(text):
    return ["".join(c["source"]) for c in json.loads(text)["cells"] if c["cell_type"] == "code"]


def executed(cells):
    """Run cells one after the other in a fresh namespace, as a kernel does."""
    space = {}
    for cell in cells:
        exec(compile(cell, "<cell>", "exec"), space)


@pytest.mark.parametrize("name", ALONE)
def test_cells_recompute_every_line_without_the_package(name, capsys):
    cells = code(derivation_notebook(catalogue()[name]))
    assert "derive" not in "".join(cells)
    executed(cells)
    assert capsys.readouterr().out.count("agrees with the difference quotient") == len(catalogue()[name].lines)


@pytest.mark.slow
@pytest.mark.parametrize("name", MORE)
def test_more_cells_recompute_every_line(name, capsys):
    executed(code(derivation_notebook(catalogue()[name])))
    assert capsys.readouterr().out.count("agrees") == len(catalogue()[name].lines)


LOOPED = ("jump", "receptive-field", "elbo-bound", "determinant-product-slope", "conv-output-length")


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", [*LOOPED, "gaussian-kl", "heavy-ball-characteristic", "same-padding", "nesterov-radius"]
)
def test_where_there_is_no_program_loops_over_the_oracles_values_recompute_every_line(name, capsys):
    cells = code(derivation_notebook(catalogue()[name]))
    assert all("def line_" in cell for cell in cells[1:])
    executed(cells)
    assert capsys.readouterr().out.count("agrees with torch") == len(catalogue()[name].lines)


def test_a_wrong_line_fails_its_loops():
    cells = code(derivation_notebook(catalogue()["receptive-field"]))
    broken = cells[2].replace("known.k(m - 1) - 1", "known.k(m - 1) + 1")
    assert broken != cells[2]
    with pytest.raises(AssertionError, match="differs by"):
        executed([cells[0], broken])


@pytest.mark.slow
def test_a_condition_that_is_wrong_somewhere_fails_its_loops():
    cells = code(derivation_notebook(catalogue()["gd-converges"]))
    assert '"<"' in cells[1]
    with pytest.raises(AssertionError, match="and the truth is"):
        executed([cells[0], cells[1].replace('"<"', '">"')])


def test_what_loops_cannot_do_in_time_is_the_packages_own_check(monkeypatch):
    monkeypatch.setattr(recompute, "MOST", 3)
    cells = code(derivation_notebook(catalogue()["receptive-field"]))
    assert cells[1:] == [f"holds({n})" for n in range(1, 5)]


@pytest.mark.parametrize(("length", "checks"), [("answer", 0), ("short", 3), ("full", 5)])
def test_lengths_show_more_and_more(length, checks):
    cells = json.loads(derivation_notebook(catalogue()["softmax-jacobian"], length))["cells"]
    assert sum("-check-" in c["id"] for c in cells) == checks
    assert any("boxed" in "".join(c["source"]) for c in cells)
    executed(["".join(c["source"]) for c in cells if c["cell_type"] == "code"])


def test_a_course_has_notebook_templates_of_its_own(tmp_path):
    (tmp_path / "notebook").mkdir()
    (tmp_path / "notebook" / "line.md.j2").write_text("our line << number >>", encoding="utf-8")
    assert "our line 2" in derivation_notebook(catalogue()["softmax-jacobian"], folders=[tmp_path])


def test_a_wrong_line_fails_its_cell(monkeypatch):
    real = recompute._functions

    def doubled(program, outputs, name):
        if name == "line_4":
            (d,) = program.definitions
            wrong = type(d)(d.name, d.letters, d.body * expr(2))
            program = Program((wrong,), program.shapes, program.functions)
        return real(program, outputs, name)

    monkeypatch.setattr(recompute, "_functions", doubled)
    with pytest.raises(AssertionError, match="differs by"):
        executed(code(derivation_notebook(catalogue()["softmax-jacobian"])))


def test_a_solution_is_a_valid_notebook_the_same_every_time():
    variant = bank(())["losses/softmax_cross_entropy"].variant(0)
    text = solution_notebook(variant, plots=False)
    assert text == solution_notebook(variant, plots=False)
    made = nbformat.reads(text, 4)
    nbformat.validate(made)
    ids = [c["id"] for c in made["cells"]]
    assert len(set(ids)) == len(ids)
    lines = sum(len(d.lines) for d in variant.working)
    assert sum("-check-" in i or "-line-" in i for i in ids) == 2 * lines
    assert "created" not in text


def test_formulas_are_the_pages_own():
    from derive.notation.relation_latex import relation_latex

    d = catalogue()["mlp-first-weights"]
    cells = json.loads(derivation_notebook(d))["cells"]
    markdown = "".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
    for line in d.lines:
        assert f"$${relation_latex(line.relation, d.page)}" in markdown
    assert "data:image/svg+xml;base64," in markdown


def test_without_the_extra_there_is_a_sentence(monkeypatch):
    monkeypatch.setitem(sys.modules, "nbformat", None)
    with pytest.raises(notebook.NotInstalled, match=r"pip install 'derive-suite\[notebook\]'"):
        derivation_notebook(catalogue()["adam-step"])
