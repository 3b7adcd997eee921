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


def run(pytester, text):
    pytester.makepyfile(text)
    installed = any(e.value == "derive.testing.plugin" for e in entry_points(group="pytest11"))
    plugins = [] if installed else ["-p", "derive.testing.plugin"]
    return pytester.runpytest_subprocess("-q", "-p", "no:cacheprovider", *plugins)


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
