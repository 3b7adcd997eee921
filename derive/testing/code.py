"""The other side of a test: what torch's autograd makes of somebody's code."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from derive.calculus.fields import Array
from derive.testing.given import BadTest
from derive.verify.device import on
from derive.verify.kinks import Kink, nearest_kink
from derive.verify.oracle import torch_module

ASKS = ("gradient", "vjp", "jacobian", "hessian")


class Code:
    """A torch function, or a module with its parameters under names of the formula.

    Args:
        of: a function of tensors, called by the names of its parameters; or an ``nn.Module``.
        parameters: for a module: name in the formula → name of the parameter (``{"W": "fc.weight"}``); the other
            parameters keep the module's values.
    """

    def __init__(self, of: Any, parameters: Mapping[str, str] | None = None) -> None:
        self.parameters = dict(parameters or {})
        self.module = of if hasattr(of, "named_parameters") else None
        self.function: Callable[..., Any] = of.forward if self.module is not None else of
        if not callable(of):
            raise BadTest(f"of= is a torch function or an nn.Module, not a {type(of).__name__}")
        if self.parameters and self.module is None:
            raise BadTest("parameters= names the parameters of an nn.Module, and of= is a function")
        unknown = set(self.parameters.values()) - set(dict(of.named_parameters()) if self.module is not None else ())
        if unknown:
            raise BadTest(f"the module has no parameter {', '.join(sorted(unknown))}")

    @property
    def name(self) -> str:
        """What a message calls it."""
        return type(self.module).__name__ if self.module is not None else getattr(self.function, "__name__", "the code")

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The sizes that a module's parameters have."""
        if self.module is None:
            return {}
        found = dict(self.module.named_parameters())
        return {name: tuple(found[p].shape) for name, p in self.parameters.items()}

    def wanted(self) -> list[str]:
        """The names that it asks for."""
        kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
        asked = inspect.signature(self.function).parameters.values()
        return [p.name for p in asked if p.kind in kinds and p.default is inspect.Parameter.empty]

    def __call__(self, torch: Any, tensors: Mapping[str, Any]) -> Any:
        """Its value at tensors by name."""
        optional = [p for p in inspect.signature(self.function).parameters if p in tensors]
        given = {n: tensors[n] for n in {*self.wanted(), *optional}}
        if self.module is None:
            return self.function(**given)
        mine = {p: tensors[n] for n, p in self.parameters.items()}
        like = next(iter(tensors.values()))
        state = {**dict(self.module.named_parameters()), **dict(self.module.named_buffers())}
        kept = {n: v.detach().to(like) if v.is_floating_point() else v.to(like.device) for n, v in state.items()}
        return torch.func.functional_call(self.module, {**kept, **mine}, kwargs=given)


def parameters_named(of: Any, given: Iterable[str]) -> dict[str, str]:
    """Name → parameter of a module that goes by it: ``weight``, or ``fc_weight`` for ``fc.weight``."""
    own = {n.replace(".", "_"): n for n, _ in of.named_parameters()} if hasattr(of, "named_parameters") else {}
    return {n: own[n] for n in given if n in own}


def derivative(
    code: Code, wrt: str, values: Mapping[str, Array], asks: str, cotangent: str, device: str
) -> tuple[Array, Kink | None]:
    """The gradient, vector-Jacobian product, Jacobian or Hessian of the code in ``wrt``, and the nearest kink.

    Raises:
        BadTest: the code asks for a name that is not given, or its value is no scalar where a gradient is asked.
    """
    torch = torch_module()
    missing = [n for n in code.wanted() if n not in values]
    if missing:
        raise BadTest(f"{code.name} asks for {', '.join(missing)}, which given does not declare")
    tensors = {n: torch.tensor(v, dtype=torch.float64, device=device) for n, v in values.items()}

    def value(x: Any) -> Any:
        return code(torch, {**tensors, wrt: x})

    with on(torch, device):
        found, kink = _differentiated(torch, code, wrt, value, tensors, asks, cotangent)
    return np.asarray(found.detach().cpu().numpy()), kink


def _differentiated(
    torch: Any,
    code: Code,
    wrt: str,
    value: Callable[[Any], Any],
    tensors: Mapping[str, Any],
    asks: str,
    cotangent: str,
) -> tuple[Any, Kink | None]:
    x = tensors[wrt].requires_grad_()
    out, kink = nearest_kink(torch, lambda: value(x))
    if not out.requires_grad:
        raise BadTest(f"the value of {code.name} does not depend on {wrt}")
    _insist(code, out, asks, tensors.get(cotangent))
    match asks:
        case "jacobian":
            found = torch.autograd.functional.jacobian(value, x)
        case "hessian":
            found = torch.autograd.functional.hessian(lambda x: value(x).reshape(()), x)
        case _:
            above = torch.ones_like(out) if asks == "gradient" else tensors[cotangent]
            (found,) = torch.autograd.grad(out, x, above)
    return found, kink


def _insist(code: Code, out: Any, asks: str, above: Any) -> None:
    if asks in ("gradient", "hessian") and out.numel() != 1:
        raise BadTest(
            f"{code.name} gives an array of shape {tuple(out.shape)}, and a {asks} is of a scalar;"
            " name its cotangent (cotangent='G') or ask for asks='jacobian'"
        )
    if asks == "vjp" and above.shape != out.shape:
        raise BadTest(
            f"the cotangent has the shape {tuple(above.shape)}, and {code.name} gives one of {tuple(out.shape)}"
        )
