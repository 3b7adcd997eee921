"""The other side of a test: what torch's autograd makes of somebody's code."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext
from typing import Any

import numpy as np

from derive.calculus.fields import Array
from derive.testing.given import BadTest
from derive.testing.tiny import exchanged, watched
from derive.verify.device import doubles, on
from derive.verify.kinks import Course, course
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
        if isinstance(of, type):
            raise BadTest(f"of= is the class {of.__name__}; give a function or a module that is made of it")
        self.parameters = dict(parameters or {})
        self.module = of if hasattr(of, "named_parameters") else None
        self.function: Callable[..., Any] = of.forward if self.module is not None else of
        if not callable(of):
            raise BadTest(f"of= is a torch function or an nn.Module, not a {type(of).__name__}")
        if self.parameters and self.module is None:
            raise BadTest("parameters= names the parameters of an nn.Module, and of= is a function")
        unknown = set(self.parameters.values()) - set(dict(of.named_parameters()) if self.module is not None else ())
        if unknown:
            own = ", ".join(dict(of.named_parameters()))
            raise BadTest(f"the module has no parameter {', '.join(sorted(unknown))}; it has {own}")
        if not self.takes():
            raise BadTest(f"the parameters of {self.name} have no names; wrap it: of=lambda x: {self.name}(x)")

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

    def declared(self) -> dict[str, tuple[str, ...]]:
        """Its parameters' names with their shapes, as a test would declare them."""
        return {name: tuple(map(str, shape)) for name, shape in self.shapes().items()}

    def takes(self) -> list[inspect.Parameter]:
        """What can be given to it by name; nothing where it is built in and says no names."""
        kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
        try:
            asked = inspect.signature(self.function).parameters.values()
        except ValueError:  # a function written in C
            return []
        return [p for p in asked if p.kind in kinds]

    def wanted(self) -> list[str]:
        """The names that it asks for."""
        return [p.name for p in self.takes() if p.default is inspect.Parameter.empty]

    def insist_on(self, wrt: str) -> None:
        """It can be differentiated in a name.

        Raises:
            BadTest: it does not take it; the message lists what it takes.
        """
        known = {*self.parameters, *(p.name for p in self.takes())}
        if wrt not in known:
            own = dict(self.module.named_parameters()) if self.module is not None else {}
            more = f"; its parameters are {', '.join(own)}" if own else ""
            raise BadTest(f"{self.name} takes {', '.join(sorted(known))}, not {wrt}{more}")

    def __call__(self, torch: Any, tensors: Mapping[str, Any], see: Callable[[float], float] | None = None) -> Any:
        """Its value at tensors by name; ``see`` may exchange a tiny number that a buffer of a module is."""
        given = {n: tensors[n] for n in {*self.wanted(), *(p.name for p in self.takes() if p.name in tensors)}}
        if self.module is None:
            return self.function(**given)
        mine = {p: tensors[n] for n, p in self.parameters.items()}
        like = next(iter(tensors.values()))
        state = {**dict(self.module.named_parameters()), **dict(self.module.named_buffers())}
        kept = {n: v.detach().clone().to(like if v.is_floating_point() else like.device) for n, v in state.items()}
        if see is not None:
            kept |= {n: exchanged(v, see).to(like) for n, v in self.module.named_buffers() if v.is_floating_point()}
        return torch.func.functional_call(self.module, {**kept, **mine}, kwargs=given)


def parameters_named(of: Any, names: Iterable[str]) -> dict[str, str]:
    """Name → parameter of a module that goes by it: ``weight``, or ``fc_weight`` for ``fc.weight``."""
    module = hasattr(of, "named_parameters") and not isinstance(of, type)
    own = {n.replace(".", "_"): n for n, _ in of.named_parameters()} if module else {}
    return {n: own[n] for n in names if n in own}


def spoken_names(*said: Any) -> set[str]:
    """The words of texts, and what functions ask for."""
    texts = {w for text in said if isinstance(text, str) for w in re.findall(r"[A-Za-z_]\w*", text)}
    return texts | {n for one in said if inspect.isfunction(one) for n in inspect.signature(one).parameters}


def derivative(
    code: Code,
    wrt: str,
    values: Mapping[str, Array],
    asks: str,
    cotangent: str,
    device: str,
    kinds: Mapping[str, str],
    see: Callable[[float], float] | None = None,
) -> tuple[Array, Course]:
    """The gradient, vector-Jacobian product, Jacobian or Hessian of the code in ``wrt``, and the kinks that it passed.

    Or its value, as it stands.

    Args:
        code: what is differentiated; tensors that it makes itself have 64-bit floats, too.
        wrt: the name.
        values: name → array.
        asks: gradient, vjp, jacobian, hessian or value.
        cotangent: the name of what arrives at the value of the code.
        device: where torch runs.
        kinds: name → torch's type, where it is no 64-bit float.
        see: what sees the tiny numbers of the code's operations, and may give others in their place.

    Raises:
        BadTest: the code asks for a name that is not given, or its value is no scalar where a gradient is asked.
    """
    torch = torch_module()
    missing = [n for n in code.wanted() if n not in values]
    if missing:
        raise BadTest(f"{code.name} asks for {', '.join(missing)}, which given does not declare")
    tensors = {
        n: torch.tensor(v, dtype=getattr(torch, kinds.get(n, "float64")), device=device) for n, v in values.items()
    }

    def value(x: Any) -> Any:
        with watched(torch, see) if see is not None else nullcontext():
            return code(torch, {**tensors, wrt: x}, see)

    with on(torch, device), doubles(torch):
        try:
            found, passed = _differentiated(torch, code, wrt, value, tensors, asks, cotangent)
        except RuntimeError as error:
            error.add_note(_called_with(code, tensors))
            raise
    return np.asarray(found.detach().cpu().numpy()), passed


def _called_with(code: Code, tensors: Mapping[str, Any]) -> str:
    """The shapes at which somebody's code does not run, and how sizes are said."""
    took = {*code.parameters, *(p.name for p in code.takes())}
    shapes = ", ".join(f"{n} {tuple(v.shape)}" for n, v in tensors.items() if n in took)
    fixed = "; a module's own sizes hold for letters that given gives its parameters" if code.module is not None else ""
    return f"{code.name} was called with {shapes}. Letters get sizes of their own: sizes={{'n': 4}} fixes one{fixed}."


def _differentiated(
    torch: Any,
    code: Code,
    wrt: str,
    value: Callable[[Any], Any],
    tensors: Mapping[str, Any],
    asks: str,
    cotangent: str,
) -> tuple[Any, Course]:
    x = tensors[wrt].requires_grad_()
    passed = course(torch, lambda: value(x), x)
    out = passed.value
    if not torch.is_tensor(out) or out.is_complex():
        kind = (
            "complex numbers"
            if torch.is_tensor(out)
            else f"a {type(out).__name__}, not a tensor (call it in a function or module of your own)"
        )
        raise BadTest(f"{code.name} gives {kind}: what is differentiated is a real tensor")
    if not out.requires_grad:
        raise BadTest(f"the value of {code.name} does not depend on {wrt} (detach, no_grad, item, a cast to integers?)")
    _insist(code, out, asks, tensors.get(cotangent))
    match asks:
        case "value":
            found = out
        case "jacobian":
            found = torch.autograd.functional.jacobian(value, x)
        case "hessian":
            found = torch.autograd.functional.hessian(lambda x: value(x).reshape(()), x)
        case _:
            above = torch.ones_like(out) if asks == "gradient" else tensors[cotangent]
            (found,) = torch.autograd.grad(out, x, above)
    return found, passed


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
