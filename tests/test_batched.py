"""Many draws in one batch say what one draw at a time says; and what short floats lose."""

import inspect
import json
import signal
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from derive.calculus.trace import Line  # noqa: E402
from derive.derivations.catalogue import catalogue  # noqa: E402
from derive.notation.index_language import expression  # noqa: E402
from derive.verify import batched  # noqa: E402
from derive.verify.batched import attempted, over_draws, verify_batched  # noqa: E402
from derive.verify.batched_oracle import batched_truth  # noqa: E402
from derive.verify.check import verify  # noqa: E402
from derive.verify.digits import FORMATS, available, digits_lost, lost  # noqa: E402
from derive.verify.draw import draw, draw_many  # noqa: E402
from derive.verify.machine import Machine, rounded  # noqa: E402
from derive.verify.oracle import functions_of, truth_values  # noqa: E402
from derive.verify.stability import PAIRS, both, drawn, stability  # noqa: E402
from derive.verify.stand_ins import stand_ins  # noqa: E402
from derive.verify.tensors import side_tensor  # noqa: E402
from derive.verify.worlds import World, side_value  # noqa: E402

NEAR = 1e-12
KINDS = {
    "softmax-jacobian": "forward mode",
    "conv1d-filter-gradient": "guards",
    "quadratic-gradient": "no program",
    "log-sum-exp-hessian": "a Hessian",
    "gaussian-covariance-gradient": "inverse and determinant",
    "relu-derivative": "an indicator",
    "rnn-bptt-state-weights": "a recurrence",
    "rmsprop-step": "an oracle that is no batch",
}
HERE = [n for n in KINDS if n in catalogue()]


def settings_of(d):
    return d.settings[0], stand_ins(d, 0)


@pytest.mark.parametrize("name", HERE)
def test_a_batch_agrees_with_one_draw_at_a_time(name):
    d = catalogue()[name]
    sizes, functions = settings_of(d)
    inputs = [draw(d, sizes, seed) for seed in range(3)]
    tensors = {n: torch.tensor(np.stack([i[n] for i in inputs])) for n in inputs[0]}
    arrays, _ = batched_truth(d, inputs, tensors, sizes, torch, functions, "cpu")
    for k, drawn_here in enumerate(inputs):
        known = truth_values(d, drawn_here, sizes, "cpu", functions)
        for n, value in known.items():
            np.testing.assert_allclose(arrays[n][k].numpy(), value, rtol=NEAR, atol=NEAR, err_msg=n)
        for line in d.lines:
            for side in line.relation.sides:
                ours = over_draws(
                    lambda m, one, side=side, line=line: side_tensor(m, side, line.relation.frame, sizes, one),
                    arrays, torch, "cpu", functions,
                )  # fmt: skip
                right = side_value(side, line.relation.frame, World(sizes, known, functions))
                np.testing.assert_allclose(ours[k].numpy(), right, rtol=1e-10, atol=1e-10)


def test_the_kinds_are_in_the_catalogue():
    assert list(KINDS) == HERE


def doubled(d):
    """The derivation with twice the right side of its result."""
    last = d.lines[-1]
    wrong = replace(last.relation, sides=(*last.relation.sides[:-1], 2 * last.relation.sides[-1]))
    return replace(d, replayed=lambda: (*d.lines[:-1], Line(last.rule, wrong)))


@pytest.mark.parametrize("name", ["softmax-jacobian", "conv1d-filter-gradient"])
def test_a_wrong_line_is_found_with_its_setting(name):
    report = verify_batched(doubled(catalogue()[name]), "cpu", 4)
    assert not report.ok
    assert report.message.startswith(f"line {len(catalogue()[name].lines)} (")
    assert not verify(doubled(catalogue()[name]), "cpu", 1).ok


def test_a_count_of_checks_is_lines_times_settings_times_draws():
    d = catalogue()["softmax-jacobian"]
    report = verify_batched(d, "cpu", 5)
    assert report.ok
    assert report.looped == 0
    assert report.checks == len(d.lines) * (len(d.settings) + len(d.boundary)) * 5


def test_a_sum_that_does_not_fit_runs_in_pieces(monkeypatch):
    whole = verify_batched(catalogue()["conv1d-filter-gradient"], "cpu", 16)
    monkeypatch.setattr(batched, "ROOM", 64)
    pieces = verify_batched(catalogue()["conv1d-filter-gradient"], "cpu", 16)
    assert pieces.ok
    assert (pieces.checks, pieces.worst_error) == (whole.checks, pytest.approx(whole.worst_error, abs=1e-15))


@pytest.mark.parametrize(
    "name", ["newton-step", "layer-norm-input", "elbo-gap", "rotary-gradient", "optimal-discriminator"]
)
def test_an_oracle_that_differentiates_is_a_batch(name):
    report = verify_batched(catalogue()[name], "cpu", 4)
    assert (report.ok, report.looped) == (True, 0)


def test_an_oracle_that_is_no_batch_is_counted():
    report = verify_batched(catalogue()["rmsprop-step"], "cpu", 8)
    assert report.ok
    assert report.looped == len(catalogue()["rmsprop-step"].settings)


def test_equivalences_and_equality_cases_hold_in_batches():
    found = catalogue()
    iff = next(d for d in found.values() if d.mode == "iff")
    equality = next(d for d in found.values() if d.equality is not None)
    assert verify_batched(iff, "cpu", 4).ok
    assert verify_batched(equality, "cpu", 4).ok


@pytest.mark.slow
@pytest.mark.parametrize("name", list(catalogue())[::25])
def test_derivations_hold_in_batches(name):
    assert verify_batched(catalogue()[name], "cpu", 4).message == ""


@pytest.mark.cuda
@pytest.mark.parametrize("name", HERE)
def test_a_gpu_says_what_the_cpu_says(name):
    here, there = (verify_batched(catalogue()[name], device, 16) for device in ("cpu", "cuda"))
    assert there.ok
    assert (here.checks, there.worst_error) == (there.checks, pytest.approx(here.worst_error, abs=1e-11))


def test_an_oracle_that_cannot_run_fails_alone():
    def truth(torch, z):
        raise NotImplementedError("no kernel for this device")

    broken = replace(catalogue()["softmax-jacobian"], truth=truth)
    report = attempted(broken, "cpu", 2)
    assert (report.ok, report.checks, report.message) == (False, 0, "NotImplementedError: no kernel for this device")
    assert attempted(catalogue()["jump"], "cpu", 2).ok


BLOCKED = (
    "flint pydantic pydantic_core quickjs quickjs_ng typer click rich jinja2 markupsafe pebble hypothesis pytest typst tylax"
    " matplotlib nbformat"
)
WITHOUT = f"""
import sys
sys.modules.update(dict.fromkeys({BLOCKED.split()!r}))
from derive.verify.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


def test_the_path_needs_torch_numpy_and_sympy_only():
    command = [
        sys.executable,
        "-c",
        WITHOUT,
        "softmax-jacobian",
        "conv1d-filter-gradient",
        "--device",
        "cpu",
        "--batch",
        "4",
    ]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr[-600:]
    assert [json.loads(line)["ok"] for line in run.stdout.splitlines()] == [True, True]


def test_whoever_reads_the_first_lines_only_ends_the_run_without_a_fault():
    command = [sys.executable, "-m", "derive.verify", "jump", "jump", "--device", "cpu", "--batch", "1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        run.stdout.close()
        assert (run.wait(), run.stderr.read()) == (-signal.SIGPIPE, "")


ASSERTED = f"""
import sys
sys.modules.update(dict.fromkeys({BLOCKED.split()!r}))
import torch
from derive.testing import assert_gradient, check_gradient
given = {{"X": ("n", "d"), "Y": "onehot(n, k)", "P": "softmax(X @ W)"}}
loss = lambda X, W, Y: torch.nn.functional.cross_entropy(X @ W, Y, reduction="sum")
assert_gradient(r"X^\\top (P - Y)", of=loss, wrt="W", given=given)
assert_gradient("X.T @ (P - Y)", of=loss, wrt="W", given=given)
print(*check_gradient(r"X^\\top (Y - P)", of=loss, wrt="W", given=given).explanations)
"""
COMPILED = "flint quickjs quickjs_ng markupsafe typst tylax matplotlib"  # typer may want pydantic itself


def test_a_formula_against_code_needs_them_only():
    """The path of ``assert_gradient``: the machines with a GPU may have no index of packages."""
    run = subprocess.run([sys.executable, "-c", ASSERTED], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr[-600:]
    assert run.stdout == "It matches after a change of sign.\n"


def test_the_shell_command_needs_nothing_compiled_beside_them(tmp_path):
    (tmp_path / "mine.py").write_text("def squares(x):\n    return (x * x).sum()\n", encoding="utf-8")
    code = f"""
import sys
sys.modules.update(dict.fromkeys({COMPILED.split()!r}))
sys.argv = ["derive", "verify", "--formula", "2*x", "--torch", "mine:squares", "--wrt", "x", "--given", "x=(n,)"]
from derive.cli import main
main()
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path)
    assert run.returncode == 0, run.stderr[-600:]
    assert "is right" in run.stdout


def test_the_block_blocks():
    code = WITHOUT.replace("from derive.verify", "import flint; from derive.verify")
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "import of flint halted" in run.stderr


# --- digits ---


def test_digits_are_decimal_digits_of_the_format():
    one = torch.ones(3, 1, dtype=torch.float64)
    assert lost(one, one, "float32") == (0.0, 0.0)
    assert lost(one * (1 + 1e-4), one, "float32")[0] == pytest.approx(available("float32") - 4, abs=0.01)
    assert lost(one * float("nan"), one, "float32")[0] == available("float32")


def test_factors_of_a_sum_of_products_are_rounded_to_tf32_and_nothing_else():
    vectors = {"x": torch.tensor([[1 + 2.0**-12, 1.0]]), "y": torch.tensor([[1.0, 1 + 2.0**-12]])}

    def value(text, bits):
        side = expression(text, shapes={"x": "n", "y": "n"}, letters=["n"])
        return over_draws(
            lambda m, one: side_tensor(m, side, (), {"n": 2}, one), vectors, torch, "cpu", {}, torch.float32, bits
        ).item()

    assert value("sum(x[i]*y[i], i)", 0) == pytest.approx(2 + 2.0**-11, abs=1e-7)
    assert value("sum(x[i]*y[i], i)", FORMATS["tf32"]) == 2
    assert value("sum(x[i], i)", FORMATS["tf32"]) == pytest.approx(2 + 2.0**-12, abs=1e-7)
    assert value("x[0]*y[0]", FORMATS["tf32"]) == pytest.approx(1 + 2.0**-12, abs=1e-7)


def test_rounding_is_to_the_nearest_and_leaves_what_is_no_number():
    torch.manual_seed(0)
    values = torch.randn(1000) * 10.0 ** torch.randint(-20, 20, (1000,))
    short = rounded(values, 11, torch)
    mantissa, _ = torch.frexp(short.double())
    assert torch.equal(mantissa * 2**11, (mantissa * 2**11).round())
    assert ((short - values).abs() <= 2.0**-11 * values.abs()).all()
    far = torch.tensor([float("inf"), float("nan"), 3e38])
    assert torch.equal(rounded(far, 11, torch).isfinite(), far.isfinite())


def test_a_result_loses_little_and_a_line_that_overflows_all():
    (result,) = digits_lost(catalogue()["softmax-cross-entropy"], "cpu", 8)
    assert 0 <= result.worst["float32"] < 1
    assert 0 <= result.worst["bfloat16"] < 1
    lines = digits_lost(catalogue()["softmax-cross-entropy"], "cpu", 8, scale=300, every=True)
    assert max(r.worst["float32"] for r in lines) == pytest.approx(available("float32"), abs=1e-3)


@pytest.mark.parametrize("name", PAIRS)
def test_the_two_forms_of_a_formula_are_the_same(name):
    pair = replace(PAIRS[name], scale=1.0, offset=min(PAIRS[name].offset, 1.0))
    naive, stable = both(pair, drawn(pair, "float32", "cpu"), "float64")
    assert torch.allclose(naive, stable, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("name", PAIRS)
def test_the_stable_form_loses_less(name):
    found = stability(name)
    assert found.stable["float32"] < 0.5
    assert found.naive["float32"] > found.stable["float32"] + 0.3


# --- one device ---


def lines_on(d, device):
    """The devices of all arrays and of all lines' errors at the first setting, and whether the oracle was mapped."""
    sizes, functions = settings_of(d)
    inputs = [draw(d, sizes, seed) for seed in range(2)]
    tensors = {n: torch.tensor(np.stack([i[n] for i in inputs]), device=device) for n in inputs[0]}
    arrays, mapped = batched_truth(d, inputs, tensors, sizes, torch, functions, device)
    run = batched._Run(torch, device, 2)
    rows = [run._line(line, d.mode, sizes, arrays, functions) for line in d.lines]
    return {v.device.type for v in (*arrays.values(), *rows)}, mapped


LATER = dict.fromkeys([*HERE[4:], *list(catalogue())[::45]])
ELSEWHERE = [*HERE[:4], *(pytest.param(n, marks=pytest.mark.slow) for n in LATER)]


@pytest.mark.parametrize("name", ELSEWHERE)
def test_nothing_is_left_on_the_host(name):
    """The device without memory stands for a GPU: it refuses tensors of the host as one does."""
    there, mapped = lines_on(catalogue()[name], "meta")
    assert there == {"meta"}
    assert mapped == lines_on(catalogue()[name], "cpu")[1]


def test_a_tensor_of_the_host_is_noticed(monkeypatch):
    name = "softmax-jacobian"
    monkeypatch.setattr(Machine, "tensor", lambda self, values, dtype=None: torch.as_tensor(values, dtype=dtype))
    with pytest.raises(RuntimeError, match="device"):
        lines_on(catalogue()[name], "meta")


def test_an_oracle_that_names_no_device_follows():
    d = catalogue()["softmax-jacobian"]
    sizes, functions = settings_of(d)
    inputs = [draw(d, sizes, seed) for seed in range(2)]
    tensors = {n: torch.tensor(np.stack([i[n] for i in inputs]), device="meta") for n in inputs[0]}
    with_host = {n: adding_ones(f) for n, f in functions_of(d, d.program).items()}
    arrays, mapped = batched_truth(replace(d, truth=with_host), inputs, tensors, sizes, torch, functions, "meta")
    assert mapped
    assert {v.device.type for v in arrays.values()} == {"meta"}


def adding_ones(function):
    """The oracle plus zeros that it makes itself, on no device in particular."""

    def call(torch, **known):
        value = function(torch, **known)
        return value + 0 * torch.ones(value.shape, dtype=torch.float64)

    call.__signature__ = inspect.signature(function)
    return call


def test_draws_at_once_lie_in_their_domains():
    d = catalogue()["gaussian-covariance-gradient"]
    many = draw_many(d, d.settings[0], 3, 50)
    one = draw(d, d.settings[0], 0)
    assert {n: v.shape for n, v in many.items()} == {n: (50, *v.shape) for n, v in one.items()}
    for name, symbol in d.symbols.items():
        if symbol.domain == "spd":
            assert (np.linalg.eigvalsh(many[name]) > 0).all()
            np.testing.assert_array_equal(many[name], many[name].swapaxes(-1, -2))
    assert len({float(v.ravel()[0]) for v in next(iter(many.values()))}) == 50
