"""The pytest plugin, run as somebody else's tests run it."""

import subprocess
import sys
from importlib.metadata import entry_points

import pytest

pytest.importorskip("torch")  # here: what is imported while a `pytester` test runs is unloaded after it

pytest_plugins = ["pytester"]


def test_naming_the_plugin_imports_nothing_heavy():
    code = "import sys, derive.testing.plugin; print(*{m.partition('.')[0] for m in sys.modules} & {'torch','sympy','numpy'})"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == ""


def run(pytester, text, *options):
    pytester.makepyfile(text)
    return started(pytester, *options)


def started(pytester, *options):
    installed = any(e.value == "derive.testing.plugin" for e in entry_points(group="pytest11"))
    plugins = [] if installed else ["-p", "derive.testing.plugin"]
    return pytester.runpytest_subprocess("-q", "-p", "no:cacheprovider", *plugins, *options)


def test_marks_give_derivations_and_sizes(pytester):
    result = run(
        pytester,
        """
        import pytest

        @pytest.mark.derivation("softmax-jacobian", "quadratic-gradient")
        def test_named(derivation):
            assert derivation.name in ("softmax-jacobian", "quadratic-gradient")

        @pytest.mark.sizes(n=[1, 2], d=[3])
        def test_sized(sizes):
            assert sizes in ({"n": 1, "d": 3}, {"n": 2, "d": 3})
        """,
    )
    result.assert_outcomes(passed=4)


def test_a_misspelt_name_is_said(pytester):
    result = run(
        pytester,
        """
        import pytest

        @pytest.mark.derivation("softmax-jacobean")
        def test_named(derivation):
            pass

        def test_unmarked(derivation):
            pass
        """,
    )
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(["*did you mean 'softmax-jacobian'?*"])


def test_the_message_of_a_failing_formula_reaches_pytest(pytester):
    result = run(
        pytester,
        """
        from derive.testing import assert_gradient

        def test_formula():
            assert_gradient("w", of=lambda w: (w * w).sum(), wrt="w", given={"w": ("n",)}, device="cpu")
        """,
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*It matches after a factor 2.*"])


def loaded_by(pytester, text, *options):
    """The heavy packages that a run of tests has loaded at its end."""
    pytester.makeconftest(
        """
        import sys

        def pytest_terminal_summary(terminalreporter):
            found = {m.partition(".")[0] for m in sys.modules} & {"torch", "sympy", "numpy", "flint", "pydantic"}
            terminalreporter.line("loaded: " + " ".join(sorted(found)))
        """
    )
    result = run(pytester, text, "-p", "no:hypothesispytest", *options)
    (line,) = [line for line in result.outlines if line.startswith("loaded:")]
    return set(line.split()[1:])


def test_tests_that_ask_for_nothing_load_nothing(pytester):
    text = """
        import pytest

        @pytest.mark.sizes(n=[1, 2])
        def test_plain(sizes):
            assert sizes
        """
    assert loaded_by(pytester, text) == set()


def test_what_a_test_loads_is_seen(pytester):
    assert loaded_by(pytester, "import numpy\n\ndef test_plain():\n    assert numpy.pi") == {"numpy"}


# --- the shipped tests ---

RIGHT = """
from derive.derivations.conv import filter_gradient_1d as mine
"""
WRONG = """
from dataclasses import replace

from derive.calculus.trace import Line
from derive.derivations.conv import filter_gradient_1d as right


def lines():
    *before, last = right.lines
    wrong = replace(last.relation, sides=(last.relation.sides[0], 2 * last.relation.sides[-1]))
    return (*before, Line(last.rule, wrong))


mine = replace(right, name="wrong", replayed=lines)
"""


def test_the_shipped_tests_run_over_a_folder_of_derivations(pytester):
    folder = pytester.mkdir("mine")
    (folder / "right.py").write_text(RIGHT)
    (folder / "wrong.py").write_text(WRONG)
    result = started(pytester, "--pyargs", "derive.testing.suite", "--derive-derivations", str(folder))
    result.assert_outcomes(passed=1, failed=1, skipped=1)
    result.stdout.fnmatch_lines(["*line * is off by*"])


def test_the_shipped_tests_run_over_a_bank(pytester):
    folder = pytester.mkdir("bank")
    (folder / "broken.py").write_text("problem = 1 / 0\n")
    result = started(pytester, "--pyargs", "derive.testing.suite", "--derive-bank", str(folder))
    result.assert_outcomes(failed=1, skipped=1)
    result.stdout.fnmatch_lines(["*ZeroDivisionError*"])


def test_a_bank_that_is_not_there_is_misuse(pytester):
    result = started(pytester, "--pyargs", "derive.testing.suite", "--derive-bank", "nowhere")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*there is no folder nowhere*"])


def test_walking_over_the_package_does_not_run_them(pytester):
    import derive.testing

    (home,) = derive.testing.__path__
    result = started(pytester, "--collect-only", f"--rootdir={pytester.path}", home)
    assert "a_derivation_keeps_its_promises" not in result.stdout.str()


@pytest.mark.slow
def test_the_shipped_tests_run_from_the_package(pytester):
    result = started(pytester, "--pyargs", "derive.testing", "-k", "attention or softmax")
    outcomes = result.parseoutcomes()
    assert outcomes["passed"] > 20
    assert not {"failed", "errors"} & set(outcomes)
