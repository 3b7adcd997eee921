"""What an author meets: a new problem runs and passes; a review says what is wrong and what is missing, with its line."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from derive import Answer, Boolean, Choice, Part, Problem, Symbol
from derive.bank.misconceptions import MISCONCEPTIONS
from derive.cli import app
from derive.derivations.catalogue import catalogue
from derive.testing.lacks import lacks
from derive.testing.problems import problem_failures
from derive.testing.review import review

pytest.importorskip("torch")
RUN = CliRunner()
GOOD = """from derive import Choice, Integers, Mistake, Part, Problem, Values

problem = Problem(
    title="A square",
    topics=("numbers",),
    difficulty=1,
    params={"n": Integers(2, 9)},
    statement="A number $n = << n >>$ is given.",
    parts={
        "a": Part(
            ask="Give $n^2$.",
            answer=lambda p: Values("s := n**2", {"n": p["n"]}, "s"),
            mistakes=lambda p: (
                Mistake(f"{2 * p['n'] + 1}", "That is $2n + 1$."),
                Mistake(f"{p['n'] ** 3}", "One factor too many."),
            ),
            hints=("Multiply it by itself.", "Two factors, the same."),
        ),
        "b": Part(
            ask="Is it even?",
            answer=lambda p: Choice("yes", "no") if p["n"] % 2 == 0 else Choice("no", "yes"),
            mistakes=lambda p: (Mistake("no" if p["n"] % 2 == 0 else "yes", "Look at $n$."),),
            hints=("Divide it by 2.", "Is anything left?"),
        ),
    },
)
"""


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    (tmp_path / "square.py").write_text(GOOD, encoding="utf-8")
    return tmp_path


def changed(bank: Path, old: str, new: str) -> list[str]:
    """What a review says after a change to the file, each with the line it names."""
    assert old in GOOD
    (bank / "square.py").write_text(GOOD.replace(old, new), encoding="utf-8")
    return review("square", bank / "square.py", 6).lines


def line_of(text: str, content: str) -> int:
    return next(n for n, line in enumerate(content.splitlines(), 1) if text in line)


def says(lines: list[str], words: str, place: str = "") -> None:
    assert any(words in line and place in line for line in lines), lines


def test_the_good_problem_lacks_nothing_but_an_oracle(bank: Path) -> None:
    found = review("square", bank / "square.py", 12)
    assert not found.broken
    assert found.lines == []  # of two choices only one can be a mistake
    assert found.covered["checked, not derived"] == ["a"]
    assert found.covered["choice"] == ["b"]
    line = line_of('"b": Part', GOOD)
    assert found.place("b").endswith(f"square.py:{line}")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("2 * p['n'] + 1", "p['n'] * p['n']", "it should be wrong"),
        ("2 * p['n'] + 1", "p['n'] ** 3", "coincide"),
        ('topics=("numbers",)', "topics=()", "no topics"),
        ("    difficulty=1,\n", "", "no difficulty"),
        ('hints=("Multiply it by itself.", "Two factors, the same.")', "hints=()", "lacks: no hint; 2 are the least"),
        (', "Two factors, the same.")', ",)", "lacks: one hint; 2 are the least"),
        ("Integers(2, 9)", "Integers(3, 3)", "only 1 different pages"),
        ("Integers(2, 9)", "Integers(0, 1)", "degenerate"),
        ("$n = << n >>$", "$n$", "something that is not shown"),
        ("Give $n^2$.", r"Give $n^2 \\lambda$.", r"names \lambda"),
        ("f\"{2 * p['n'] + 1}\"", '"(((1"', "it should be wrong"),
        ('                Mistake(f"{p[\'n\'] ** 3}", "One factor too many."),\n', "", "one foreseen mistake"),
        ('"One factor too many."', "f\"It is {p['n'] ** 2}.\"", "holds the answer"),
        (
            '("Multiply it by itself.", "Two factors, the same.")',
            '("It is $<< n * n >>$.",)',
            "a hint holds the answer",
        ),
        ("A number", "TODO: a number", "TODO"),
        ("<< n >>", "<< m >>", "does not render"),
        ("<< n >>", "<< n / 0 >>", "does not render: division by zero"),
        (
            "f\"{2 * p['n'] + 1}\"",
            'lambda p: "3"',
            "here stands a function where a text belongs",
        ),
        ("f\"{2 * p['n'] + 1}\"", "3", "here stands 3 where a text belongs: put it in quotation marks"),
        ("s := n**2", "s := m**2", "part a: "),
        ("problem = Problem(", "problem = Problem(titel=2, ", "unexpected keyword"),
        ("    parts={", "    parts={{", "SyntaxError"),
        ("problem = Problem(", "raise SystemExit(3)\nproblem = Problem(", "SystemExit: 3"),
        ('        "b": Part(', '        "a": Part(', "'a' stands twice in one dictionary, at lines"),
        ("difficulty=1", "difficulty=9", "difficulty=9 is none of 1 (one rule), 2"),
        ('title="A square"', 'title=""', "title= is empty"),
        ("Integers(2, 9)", "Integers(9, 2)", "params: n draws from 9 to 2: the lower end comes first"),
        ("Integers(2, 9)", "Integers(2, 9.5)", "Integers takes whole numbers"),
        ("Integers(2, 9)", "(2, 9)", "write Integers(low, high) or OneOf"),
        ("    parts={", '    working="gradient",\n    parts={', "write a tuple of derivations, working=(…,)"),
        ("    parts={", '    working=("gradient",),\n    parts={', "working= holds 'gradient', which is no derivation"),
        (
            '            hints=("Mult',
            '            marks="2",\n            hints=("Mult',
            "marks='2' is no whole number",
        ),
        ('"That is $2n + 1$."', '"That is $2n + 1$.", "1"', "keeps '1', which is no whole number"),
        (
            'Mistake(f"{p[\'n\'] ** 3}", "One factor too many.")',
            '"27"',
            "mistakes= holds '27': write Mistake(answer, say)",
        ),
        ("Give $n^2$.", "Give $\\frac12 n$.", "Python has taken the backslash of \\frac for its own"),
        (
            "Give $n^2$.",
            "Give $\\\\fraq12 n$.",
            r"a formula cannot be typeset: '\\fraq12 n': Undefined control sequence",
        ),
        ("Give $n^2$.", "Give $n^{2$.", "a formula cannot be typeset: 'n^{2'"),
        ("Give $n^2$.", "Give $n^2.", "a dollar sign opens a formula that nothing closes, at '$n^2.'"),
        ('Choice("yes", "no") if', 'Choice("yes", "Yes") if', "the choice 'Yes' is there already"),
        ('p["n"] % 2 == 0 else Choice', 'p["k"] % 2 == 0 else Choice', "part b: "),
    ],
)
def test_what_is_wrong_is_said_with_its_line(bank: Path, old: str, new: str, words: str) -> None:
    says(changed(bank, old, new), words, "square.py:")


def test_check_exits_with_1_for_what_is_broken_and_2_for_misuse(bank: Path) -> None:
    arguments = ["check", "--bank", str(bank), "--seeds", "2"]
    assert RUN.invoke(app, arguments).exit_code == 0
    assert RUN.invoke(app, [*arguments, "--strict"]).exit_code == 0
    changed(bank, 'topics=("numbers",)', "topics=()")
    assert RUN.invoke(app, arguments).exit_code == 0
    assert RUN.invoke(app, [*arguments, "--strict"]).exit_code == 1
    assert RUN.invoke(app, [*arguments, "circle"]).exit_code == 2
    assert RUN.invoke(app, ["check", "--bank", str(bank / "none")]).exit_code == 2
    changed(bank, "2 * p['n'] + 1", "p['n'] * p['n']")
    found = RUN.invoke(app, [*arguments, "--json"])
    assert found.exit_code == 1
    (row,) = (json.loads(line) for line in found.stdout.splitlines())
    assert row["failures"][0]["part"] == "a"
    assert row["failures"][0]["line"] == line_of('"a": Part', GOOD)


def test_a_file_that_does_not_load_does_not_hide_the_others(bank: Path) -> None:
    (bank / "broken.py").write_text("import derive\nimport nothing_of_this_name\n", encoding="utf-8")
    found = RUN.invoke(app, ["check", "--bank", str(bank), "--seeds", "1"])
    assert found.exit_code == 1
    assert "FAIL broken: it does not work out" in found.stdout
    assert "broken.py:2: ModuleNotFoundError" in found.stdout
    assert "ok   square" in found.stdout


def test_a_new_problem_runs_and_lacks_nothing(tmp_path: Path) -> None:
    assert RUN.invoke(app, ["new", "networks/one_unit", "--bank", str(tmp_path)]).exit_code == 0
    found = review("networks/one_unit", tmp_path / "networks/one_unit.py", 3)
    assert found.lines == []
    assert found.covered["derived"] == ["a", "b"]


def test_a_new_problem_about_a_derivation_is_right_and_says_what_to_write(tmp_path: Path) -> None:
    arguments = ["new", "tap", "--bank", str(tmp_path), "--from", "conv1d-filter-gradient"]
    assert RUN.invoke(app, arguments).exit_code == 0
    found = review("tap", tmp_path / "tap.py", 2)
    assert not found.broken, found.lines
    assert all("TODO" in x.text for x in found.lacks), found.lines


def test_a_new_problem_never_writes_over_another(bank: Path) -> None:
    arguments = ["new", "square", "--bank", str(bank)]
    found = RUN.invoke(app, arguments)
    assert found.exit_code == 2
    assert "--force" in found.stderr
    assert (bank / "square.py").read_text(encoding="utf-8") == GOOD
    assert RUN.invoke(app, [*arguments, "--force"]).exit_code == 0
    assert (bank / "square.py").read_text(encoding="utf-8") != GOOD


@pytest.mark.parametrize("name", ["My Problem", "../up", "/etc/x", "a//b", "", "1st", "a-b"])
def test_a_bad_name_is_a_sentence(tmp_path: Path, name: str) -> None:
    found = RUN.invoke(app, ["new", name, "--bank", str(tmp_path)])
    assert found.exit_code == 2
    assert "is no name for a problem" in found.stderr
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_derivation_is_a_sentence(tmp_path: Path) -> None:
    found = RUN.invoke(app, ["new", "a", "--bank", str(tmp_path), "--from", "conv1d-filter-gradients"])
    assert found.exit_code == 2
    assert "Did you mean conv1d-filter-gradient?" in found.stderr


def test_the_page_for_authors_names_misconceptions_that_there_are() -> None:
    page = (Path(__file__).parents[1] / "docs" / "authoring.md").read_text(encoding="utf-8")
    table = page.partition("| id | what it is |")[2].partition("An id of your own")[0]
    named = {row.split("`")[1] for row in table.splitlines() if row.startswith("| `")}
    assert named <= set(MISCONCEPTIONS)
    assert len(named) >= 40


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('hints=("Divide it by 2.", "Is anything left?")', 'hints="Divide it by 2."', "hints= is a single str"),
        (
            'mistakes=lambda p: (Mistake("no" if p["n"] % 2 == 0 else "yes", "Look at $n$."),)',
            'mistakes=Mistake("no", "Look.")',
            "mistakes= is a single Mistake",
        ),
        (
            'lambda p: Choice("yes", "no") if p["n"] % 2 == 0 else Choice("no", "yes")',
            '"yes"',
            "the answer is a str, not an answer kind",
        ),
    ],
)
def test_a_part_that_is_given_one_thing_for_several_says_so(bank: Path, old: str, new: str, said: str) -> None:
    found = changed(bank, old, new)
    assert any(said in line and "part b" in line for line in found)


def test_numbers_of_an_answer_are_no_texts() -> None:
    with pytest.raises(ValueError, match="not K = 'N/2'"):
        Answer(catalogue()["conv-output-length"], {"K": "N/2"})  # type: ignore[dict-item]


def test_an_expression_is_printed_with_the_signs_of_logic() -> None:
    kind = Boolean("AB", "A and B | not A")
    assert kind.show() == r"A \wedge B \vee \neg A"
    assert kind.judge(kind.show()).verdict == "equal"


def test_an_author_hears_of_a_definition_that_no_answer_can_speak_of() -> None:
    def told(statement: str) -> list[str]:
        kind = Answer(catalogue()["sigmoid-derivative"])
        problem = Problem("P", statement, {"a": Part(r"Give $\partial h_i/\partial z_k$.", kind)})
        return [lack.text for lack in lacks(problem, [0]) if "cannot be read" in lack.text]

    assert told(r"Let $u = 2 z$ and $\sigma(x) = 1/(1 + e^{-x})$.") == []
    assert len(told(r"Let $u = 2 z$, $v = \oint z$ and $s = 2 q$.")) == 2


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (
            'Answer("ridge-gradient")',
            "Answer takes a derivation and no name of one: write catalogue()['ridge-gradient']",
        ),
        ('Rubric("a point")', "the points of a rubric are a single str"),
    ],
)
def test_an_answer_made_of_a_text_says_so(bank: Path, answer: str, said: str) -> None:
    (bank / "square.py").write_text(GOOD.replace("import Choice", "import Answer, Choice, Rubric"), encoding="utf-8")
    text = (bank / "square.py").read_text(encoding="utf-8").replace('Values("s := n**2", {"n": p["n"]}, "s")', answer)
    (bank / "square.py").write_text(text, encoding="utf-8")
    found = review("square", bank / "square.py", 2).lines
    assert any(said in line and "part a" in line for line in found), found


def test_an_or_inside_of_parentheses_is_rewritten_whole() -> None:
    part = Part("Give $(H \\vee S) \\wedge \\neg N$.", Boolean("HSN", r"(H \vee S) \wedge \neg N"))
    assert not [f for f in problem_failures(Problem("P", "", {"a": part}).named("p"), [0]) if "rewrite" in f]


def test_formulas_in_the_phrases_of_a_choice_are_shown_as_formulas() -> None:
    assert Choice("the loss with $c = 1$", "none").show() == r"\text{the loss with }c = 1"
    assert Choice(r"$\mu$", "0").show() == r"\mu"
    assert Choice("5 $", "6 $").show() == r"\text{5 \$}"
    assert Choice(r"$\mu$", "0").judge(r"\mu").verdict == "equal"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"domain": "postive"}, "there is no domain 'postive' for a symbol; did you mean 'positive'?"),
        ({"shape": "n"}, r"the shape 'n' of a symbol is a text: write a tuple of sizes, \('n',\)"),
    ],
)
def test_a_symbol_of_no_kind_is_the_authors_to_hear(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Symbol(**given)
