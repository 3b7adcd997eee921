"""The promises of `derive.testing` can be broken: each planted error is caught, one at a time."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from derive import Answer, Derivation, Mistake, Number, Part, Problem, Symbol
from derive.bank.banks import bank
from derive.calculus import collapse, functions, gradient, rules
from derive.calculus.affine import Affine
from derive.calculus.atoms import Guard
from derive.calculus.expr import ONE, Expr, entry, expr
from derive.calculus.substitute import subs
from derive.calculus.trace import Relation, Rule
from derive.derivations import conv, layers, networks
from derive.notation.index_language import program
from derive.testing import derivation_failures, problem_failures, solution_failures

pytest.importorskip("torch")
pytestmark = pytest.mark.slow

TAP = conv.filter_gradient_1d
MLP = networks.mlp_hidden_weights
PREFIX_SUM = Derivation(
    "prefix-sum-gradient",
    "How one number changes the weighted sums of all beginnings",
    of=program("y[i] := sum(z[i]*x[j], j = 0..i)", shapes={"x": "n", "z": "n"}),
    wrt="x",
    letters=("q",),
    symbols={
        "n": Symbol(domain="dimension"),
        "x": Symbol(("n",)),
        "z": Symbol(("n",)),
        "y": Symbol(("n",), "derived"),
        "y_bar": Symbol(("n",)),
    },
    truth=lambda torch, x, z: z * torch.cumsum(x, 0),
    settings=({"n": 3}, {"n": 4}, {"n": 6}),
)


def convolution() -> Problem:
    return bank()["conv/gradients"]


def with_part(name: str, **changes: Any) -> Problem:
    """The convolution problem with something changed in one part."""
    problem = convolution()
    return replace(problem, parts={**problem.parts, name: replace(problem.parts[name], **changes)})


def then(d: Derivation, title: str, change: Callable[[Relation], Relation]) -> Derivation:
    """The derivation with one more rule at its end."""
    return replace(d, then=(*d.then, Rule(title, "A planted rule.", change)))


def on_result(change: Callable[[Expr], Expr]) -> Callable[[Relation], Relation]:
    return lambda relation: relation.map(change, left=False)


def unguarded(value: Expr) -> Expr:
    """The value with every guard forgotten."""
    kept = (replace(t, factors=tuple(f for f in t.factors if not isinstance(f[0], Guard))) for t in value.terms)
    return Expr(tuple(kept))


def caught(failures: list[str], *words: str) -> None:
    assert failures, "the planted error went unnoticed"
    assert any(all(word in failure for word in words) for failure in failures), failures


# --- without a planted error everything is fine ---------------------------------------------------------------------


@pytest.mark.parametrize("derivation", [TAP, conv.input_gradient_1d, MLP, PREFIX_SUM], ids=lambda d: str(d.name))
def test_the_real_derivations_pass(derivation: Derivation) -> None:
    assert derivation_failures(derivation) == []


def test_the_real_problem_passes() -> None:
    assert problem_failures(convolution(), [0]) == []


def test_the_prefix_sum_really_needs_its_guard() -> None:
    guards = [a for t in PREFIX_SUM.result.result.terms for a, _ in t.factors if isinstance(a, Guard)]
    bounds = [b for t in PREFIX_SUM.result.result.terms for b in t.bounds if b.low.letters]
    assert guards or bounds


# --- planted in derivations -----------------------------------------------------------------------------------------


def test_a_stray_factor_in_a_rule() -> None:
    caught(derivation_failures(then(TAP, "double", on_result(lambda side: 2 * side))), "(double)", "is off by")


def test_a_dropped_minus_sign() -> None:
    caught(derivation_failures(then(MLP, "negate", on_result(lambda side: -side))), "(negate)", "is off by")


def test_a_transposed_weight_matrix() -> None:
    turned = then(MLP, "transpose", on_result(lambda _: entry("x", "i") * entry("p_bar", "j")))
    caught(derivation_failures(turned), "(transpose)", "is off by")


def test_a_rule_that_shifts_an_index() -> None:
    further = {b.letter: Affine.of(b.letter) + 1 for b in TAP.result.frame}
    shifted = on_result(lambda side: subs(side, further))
    caught(derivation_failures(then(TAP, "shift", shifted)), "(shift)", "is off by")


def test_a_flipped_kernel_in_the_oracle() -> None:
    flipped = replace(TAP, truth=lambda torch, x, w: conv._conv1d(torch, x, w.flip(0)))
    caught(derivation_failures(flipped), "is off by")


def test_an_oracle_with_a_flipped_sign() -> None:
    caught(derivation_failures(replace(TAP, truth=lambda torch, x, w: -conv._conv1d(torch, x, w))), "is off by")


def test_an_oracle_of_another_quantity() -> None:
    other = {**networks._TRUTH, "L": lambda torch, q, t: torch.nn.functional.mse_loss(q, t)}
    caught(derivation_failures(replace(MLP, truth=other)), "is off by")


def test_an_oracle_that_raises() -> None:
    def broken(torch: Any, x: Any, w: Any) -> Any:
        raise RuntimeError("no such operator")

    caught(derivation_failures(replace(TAP, truth=broken)), "the oracle fails", "no such operator")


def test_an_oracle_that_asks_for_what_nothing_gives() -> None:
    caught(derivation_failures(replace(TAP, truth=lambda torch, x, v: x)), "the oracle fails", "asks for v")


def test_an_oracle_that_turns_an_equivalence_round() -> None:
    range_ = layers.kernel_range

    def turned(torch: Any, i: int, k: int, s: int, o: int, pad: int) -> dict[str, Any]:
        found = range_.truth(torch, i, k, s, o, pad)  # type: ignore[operator]
        return {**found, "truth": not found["truth"]}

    assert derivation_failures(range_) == []
    caught(derivation_failures(replace(range_, truth=turned)), "is off by inf")


def test_a_wrong_shape_in_the_symbols() -> None:
    symbols = {**TAP.symbols, "x": Symbol(("K",), latex="x"), "w": Symbol(("N",), latex="w")}
    caught(derivation_failures(replace(TAP, symbols=symbols)), "conv1d-filter-gradient")


def test_an_oracle_of_another_shape() -> None:
    padded = replace(TAP, truth=lambda torch, x, w: torch.nn.functional.pad(conv._conv1d(torch, x, w), (0, 1)))
    caught(derivation_failures(padded), "conv1d-filter-gradient")


def test_too_few_settings() -> None:
    caught(derivation_failures(replace(TAP, settings=TAP.settings[:2])), "three are the least")


def test_a_size_of_one() -> None:
    caught(derivation_failures(replace(TAP, settings=(*TAP.settings, {"N": 4, "K": 1}))), "a size of 1")


def test_two_equal_sizes() -> None:
    caught(derivation_failures(replace(TAP, settings=(*TAP.settings, {"N": 4, "K": 4}))), "different sizes")


def test_a_missing_guard() -> None:
    forgetful = then(PREFIX_SUM, "forget the condition", on_result(unguarded))
    if forgetful.result == PREFIX_SUM.result:
        pytest.fail("the derivation has no guard to forget")
    caught(derivation_failures(forgetful), "(forget the condition)", "is off by")


def test_a_collapse_that_forgets_a_range(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collapse, "guard", lambda _: ONE)
    caught(derivation_failures(PREFIX_SUM), "(collapse the brackets)", "is off by")


def test_a_wrong_derivative_in_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = replace(functions.TABLE["sigmoid"], partials=(lambda z: functions.apply("sigmoid", z),))
    monkeypatch.setitem(functions.TABLE, "sigmoid", wrong)
    caught(derivation_failures(MLP), "is off by")


def test_a_chain_rule_that_forgets_a_use(monkeypatch: pytest.MonkeyPatch) -> None:
    twice = replace(
        MLP,
        name="two-uses",
        of=program("a[i] := x[i]*x[i]\nL := sum(a[i]*x[i], i)", shapes={"x": "n"}),
        wrt="x",
        symbols={
            "n": Symbol(domain="dimension"),
            "x": Symbol(("n",)),
            "a": Symbol(("n",), "derived"),
            "L": Symbol((), "derived"),
        },
        truth={"a": lambda torch, x: x * x, "L": lambda torch, a, x: torch.dot(a, x)},
        settings=({"n": 2}, {"n": 3}, {"n": 5}),
    )
    whole = gradient._through

    def partly(program_: Any, d: Any, name: str, at: Any) -> Expr:
        return expr(0) if (d.name, name) == ("a", "x") else whole(program_, d, name, at)

    assert not [f for f in derivation_failures(twice) if "is off by" in f]
    monkeypatch.setattr(gradient, "_through", partly)
    caught(derivation_failures(twice), "is off by")


def test_a_name_that_no_symbol_declares() -> None:
    symbols = {k: v for k, v in MLP.symbols.items() if k != "h"}
    caught(derivation_failures(replace(MLP, symbols=symbols)), "which no symbol declares")


def test_a_form_that_decides_the_lines() -> None:
    class Obedient(Derivation):
        @property
        def lines(self) -> Any:  # type: ignore[override]
            return TAP.lines if self.form else TAP.lines[:-1]

    obedient = Obedient(**{name: getattr(TAP, name) for name in TAP.__dataclass_fields__})
    caught(derivation_failures(obedient), "the stated form changes the lines")


def test_a_rule_that_does_not_apply() -> None:
    solve = rules.solve_for(entry("z"), "Solve for a name that does not occur.")
    caught(derivation_failures(replace(TAP, then=(solve,))), "the lines do not replay", "DoesNotApply")


# --- planted in problems --------------------------------------------------------------------------------------------


def test_a_mistake_that_is_right() -> None:
    right = Mistake(r"\sum_{i=1}^{N-K+1} x_{u+i-1} g_i", "Wrong!")
    caught(problem_failures(with_part("b", mistakes=(right,)), [0]), "part b", "it should be wrong")


def test_a_mistake_that_hears_the_message_of_another() -> None:
    first = Mistake(r"g_u x_u", "The first message.")
    same = Mistake(r"x_u g_u", "The second message.")
    caught(problem_failures(with_part("b", mistakes=(first, same)), [0]), "coincide", "hears 'The first message.'")


def test_a_mistake_that_cannot_be_read() -> None:
    caught(problem_failures(with_part("b", mistakes=(Mistake(r"\sum_{i=1", "Wrong."),)), [0]), "unreadable")


def test_a_mistake_without_a_message() -> None:
    caught(problem_failures(with_part("b", mistakes=(Mistake("g_u x_u", " "),)), [0]), "says nothing")


def test_a_mistake_that_keeps_all_marks() -> None:
    caught(problem_failures(with_part("b", mistakes=(Mistake("g_u x_u", "No.", keeps=3),)), [0]), "keeps 3 of 3")


def test_a_mistake_that_costs_more_than_there_is() -> None:
    caught(problem_failures(with_part("b", mistakes=(Mistake("g_u x_u", "No.", keeps=-1),)), [0]), "keeps -1")


def test_a_part_without_marks() -> None:
    caught(problem_failures(with_part("b", marks=0, mistakes=()), [0]), "marks are 0")


def test_an_undefined_name_in_the_statement() -> None:
    lost = replace(convolution(), statement="A signal of << LENGTH >> samples.")
    caught(problem_failures(lost, [0]), "does not render", "LENGTH")


def test_an_undefined_name_in_a_part() -> None:
    caught(problem_failures(with_part("c", ask="Give << it >>."), [0]), "part c", "does not render")


def test_a_parameter_that_a_hint_does_not_fill_in() -> None:
    caught(problem_failures(with_part("c", hints=("Look at << nothing >>.",)), [0]))


def test_the_derivation_of_another_question() -> None:
    answer = Answer(conv.input_gradient_1d, {"N": 8, "K": 3})
    caught(problem_failures(with_part("b", answer=answer), [0]), "part b", "index n is named nowhere")


def test_an_answer_from_a_derivation_that_does_not_hold() -> None:
    wrong = then(TAP, "double", on_result(lambda side: 2 * side))
    caught(problem_failures(with_part("b", answer=Answer(wrong)), [0]), "(double)", "is off by")


def test_an_answer_whose_oracle_was_swapped_after_it_was_checked() -> None:
    assert problem_failures(convolution(), [0]) == []
    flipped = replace(TAP, truth=lambda torch, x, w: conv._conv1d(torch, x, w.flip(0)))
    caught(problem_failures(with_part("b", answer=Answer(flipped)), [0]), "is off by")


def test_an_answer_that_cannot_be_computed() -> None:
    part = with_part("a", answer=lambda p: Number.from_derivation(layers.output_length, N=p["missing"]))
    caught(problem_failures(part, [0]), "part a", "KeyError")


def test_an_answer_that_is_not_read_as_it_is_typed() -> None:
    class Untypable(Answer):
        def typed(self) -> str:
            return r"\frac{1"

    caught(problem_failures(with_part("b", answer=Untypable(TAP)), [0]), "the model answer", "unreadable")


def test_a_grader_that_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: Number, answer: object) -> Any:
        raise RecursionError("too deep")

    monkeypatch.setattr(Number, "judge", broken)
    caught(problem_failures(convolution(), [0]), "part a", "raises RecursionError")


def test_a_grader_that_accepts_nonsense() -> None:
    class Friendly(Answer):
        def judge(self, answer: object) -> Any:
            return super().judge(self.typed())

    caught(problem_failures(with_part("b", answer=Friendly(TAP)), [0]), "nobody can read it")


def test_a_problem_without_parts() -> None:
    caught(problem_failures(replace(convolution(), parts={}), [0]), "there is no part")


def test_parameters_that_cannot_be_drawn() -> None:
    caught(problem_failures(replace(convolution(), where=lambda p: False), [0]), "conv/gradients")


# --- planted in solutions -------------------------------------------------------------------------------------------


def stored(folder: Path, text: Callable[[str], str]) -> list[str]:
    """What is said of the convolution's solution after a change to its text."""
    from derive.render.solution import solution

    path = folder / "conv" / "gradients.md"
    path.parent.mkdir(parents=True)
    path.write_text(text(str(solution(convolution().variant(0), "md"))), encoding="utf-8")
    return solution_failures(convolution(), folder)


def test_a_current_solution_passes(tmp_path: Path) -> None:
    assert stored(tmp_path, lambda text: text) == []


def test_a_stale_solution(tmp_path: Path) -> None:
    caught(stored(tmp_path, lambda text: text.replace("1", "2", 1)), "is stale from line")


def test_a_solution_that_ends_early(tmp_path: Path) -> None:
    caught(stored(tmp_path, lambda text: "\n".join(text.strip().splitlines()[:-1])), "is stale")


def test_a_missing_solution(tmp_path: Path) -> None:
    caught(solution_failures(convolution(), tmp_path), "there is no")


def test_a_part_that_was_added_after_the_solution(tmp_path: Path) -> None:
    stored(tmp_path, lambda text: text)
    problem = convolution()
    more = replace(problem, parts={**problem.parts, "z": Part("One more?", problem.parts["a"].answer)})
    caught(solution_failures(more, tmp_path), "is stale")
