"""Every network of ``data/networks``: values against autograd, lines replayed, prints read back.

Some losses stand in ``networks_torch`` once more, written by hand with torch's operators; for the others autograd runs
through our forward code, and differences of evaluated losses watch that code.
"""

from contextlib import suppress
from inspect import signature
from typing import Any

import numpy as np
import pytest
import torch
from networks_torch import LOSSES
from typed_networks import FUNCTIONS, NETWORKS, SETTINGS, Network

from derive.calculus.affine import Letter
from derive.calculus.canonical import TooLarge, canonical
from derive.calculus.evaluate import tabulate
from derive.calculus.expr import Expr
from derive.calculus.program import Program
from derive.calculus.trace import Relation
from derive.calculus.values import values
from derive.notation.claim_reader import read_claims
from derive.notation.code_module import module
from derive.notation.index_language import program, relation
from derive.notation.index_text import relation_text

QUICK = ("deep sets", "attention with linear biases, causal", "RNN with a loss at the end only", "stride two")
quick_and_slow = pytest.mark.parametrize(
    "name", [n if n in QUICK else pytest.param(n, marks=pytest.mark.slow) for n in NETWORKS]
)


def executed(text: str, inputs: dict[str, Any]) -> dict[str, Any]:
    """What a generated module computes; our own code is executed."""
    space: dict[str, Any] = {}
    exec(compile(text, "<generated>", "exec"), space)
    with np.errstate(all="ignore"):
        return space["gradient"](inputs)


def functions(network: Network, target: str) -> dict[str, Any]:
    """Unknown functions and their slopes for generated code, the sine and its derivatives."""
    library = torch if target == "torch" else np
    slopes = (library.sin, library.cos, lambda z: -library.sin(z))
    return {f + "'" * k: slopes[k] for f in network.answer.source.functions for k in range(3)}


def autograd(network: Network, arrays: dict[str, Any], dims: dict[str, int]) -> dict[str, Any]:
    """The gradients by torch, of the loss written by hand where there is one."""
    tensors = {n: torch.tensor(x, requires_grad=True) for n, x in arrays.items()}
    if network.name in LOSSES:
        known = set(signature(LOSSES[network.name]).parameters) - set(tensors)
        loss = LOSSES[network.name](**tensors, **{k: dims[k] for k in known})
    else:
        source = network.answer.source
        code = module(source, {"loss": source.definitions[-1].name}, "torch").replace("@torch.no_grad()\n", "")
        loss = executed(code, {**tensors, **dims, **functions(network, "torch")})["loss"]
    found = torch.autograd.grad(loss, list(tensors.values()), allow_unused=True)
    return {n: np.zeros(x.shape) if g is None else g.numpy() for (n, x), g in zip(arrays.items(), found, strict=True)}


def loss_of(network: Network, arrays: dict[str, Any], dims: dict[str, int]) -> float:
    source = network.answer.source
    found = values(source, arrays, {Letter(k): v for k, v in dims.items()}, FUNCTIONS)
    return float(found[source.definitions[-1].name])


def assert_slope(network: Network, arrays: dict[str, Any], dims: dict[str, int], found: dict[str, Any]) -> None:
    """The loss changes along a random direction as the gradients say."""
    rng, h = np.random.default_rng(3), 1e-5
    steps = {n: h * rng.normal(size=x.shape) for n, x in arrays.items()}
    up, down = ({n: x + s * steps[n] for n, x in arrays.items()} for s in (1, -1))
    change = (loss_of(network, up, dims) - loss_of(network, down, dims)) / 2
    expected = sum(float(np.sum(found[n] * steps[n])) for n in arrays)
    size = sum(float(np.sum(np.abs(found[n] * steps[n]))) for n in arrays)
    assert change == pytest.approx(expected, abs=2e-6 * size + 1e-12)


@quick_and_slow
def test_gradients_are_autograds(name: str) -> None:
    network = NETWORKS[name]
    code = {target: getattr(network.answer, target) for target in ("torch", "numpy")}
    for setting in SETTINGS:
        dims = network.dims(setting["step"])
        arrays = network.arrays(dims, setting["seed"])
        expected = autograd(network, arrays, dims)
        assert_slope(network, arrays, dims, expected)
        for target, text in code.items():
            given = {n: torch.tensor(x) for n, x in arrays.items()} if target == "torch" else arrays
            found = executed(text, {**given, **dims, **functions(network, target)})
            assert set(found) == set(network.answer.wrt)
            for n, x in found.items():
                np.testing.assert_allclose(
                    np.broadcast_to(np.asarray(x), expected[n].shape), expected[n], rtol=1e-7, atol=1e-9, err_msg=n
                )


@quick_and_slow
def test_the_lines_replay(name: str) -> None:
    shown = NETWORKS[name].answer.reverse
    last = {}
    for line in shown.lines:
        if line.before is not None:
            assert relation_text(line.rule.apply(line.before)) == relation_text(line.relation)
        last[line.relation.left] = line.relation
    for found in shown.relations.values():
        assert last.get(found.left, found) == found


@quick_and_slow
def test_prints_read_back(name: str) -> None:
    network = NETWORKS[name]
    answer, dims = network.answer, network.dims(0)
    shown = answer.reverse
    numbers = {Letter(k): v for k, v in dims.items()}
    arrays = values(_whole(answer), network.arrays(dims, 1), numbers, FUNCTIONS)
    shapes = {n: list(s) for n, s in shown.shapes.items()}
    again = {d.name: d for d in program(_text(answer), shapes=shapes).definitions}
    for key, r in shown.relations.items():
        back = again[key]
        _assert_same(Relation((r.left, back.body), frame=back.letters), r, arrays, numbers)
        _assert_canonical(back.body, r, back.letters)
        page = relation(shown.show(r, "unicode"), shapes=shapes, frame=r.frame, letters=list(dims), loss=shown.loss,
                        functions=answer.source.functions)  # fmt: skip
        _assert_same(page, r, arrays, numbers)
        name = key.removesuffix("_bar")
        if not answer.source.functions:
            (claim,) = read_claims(shown.show(r, "latex"), Program((), shown.shapes), name, r.frame, shown.loss)
            _assert_same(Relation((r.left, claim.body), frame=claim.frame), r, arrays, numbers)


def _whole(answer: Any) -> Program:
    """Forward definitions and adjoints."""
    return answer.reverse.code


def _text(answer: Any) -> str:
    head = "".join(f"function {f}\n" for f in answer.source.functions)
    return head + "".join(f"integer {x}\n" for x in ("s", "p") if "integer s, p" in answer.text) + answer.text


def _assert_same(back: Relation, r: Relation, arrays: dict[str, Any], numbers: dict[Letter, int]) -> None:
    first, second = (
        tabulate(
            x.result, [(b.letter, b.high.at(numbers)) for b in x.frame or r.frame], arrays, numbers, functions=FUNCTIONS
        )
        for x in (back, r)
    )
    np.testing.assert_allclose(first, second, rtol=1e-9, atol=1e-9, equal_nan=True)


def _assert_canonical(back: Expr, r: Relation, frame: Any) -> None:
    """The same canonical form, where there is room to compute it."""
    with suppress(TooLarge):
        assert canonical(back) == canonical(r.result)
