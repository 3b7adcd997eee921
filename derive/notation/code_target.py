"""The two targets of generated code, torch and NumPy: how each spells what both can do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """A library's spellings.

    Attributes:
        name: of the module in code.
        functions: scalar function → template.
        helpers: name → source of a function that a module defines when it uses it.
        transpose: the method that reorders axes.
        amax, amin: templates for reductions over a range that is not empty.
        cast: template that turns a mask or an integer grid into floats.
    """

    name: str
    imports: str
    functions: Mapping[str, str]
    helpers: Mapping[str, str]
    transpose: str
    reductions: Mapping[str, str]
    cast: str
    arange: str
    zeros: str
    full: str
    copy: str
    einsum: str
    truth: str
    tensor: str
    decorator: str


_ARRAYS = '''
def arrays(inputs, axes):
    """The named inputs as arrays of one floating dtype{place}; ValueError for a wrong number of axes."""
    found = [{convert} for name in axes]
    for (name, count), array in zip(axes.items(), found):
        if array.ndim != count:
            raise ValueError(f"{{name}} has {{array.ndim}} axes, not {{count}}")
{unify}
'''

_CHECK = '''
def check(shapes):
    """ValueError for an array whose shape is not what the other inputs ask for."""
    for name, (array, shape) in shapes.items():
        if tuple(array.shape) != shape:
            raise ValueError(f"{name} has shape {tuple(array.shape)}, and the other inputs ask for {shape}")
'''

_AT = '''
def at(array, place, axis):
    """The slice at one place of an axis; zero outside the array."""
    inside = 0 <= place < array.shape[axis]
    rest = array.shape[:axis] + array.shape[axis + 1 :]
    return array[(slice(None),) * axis + (place,)] if inside else {zeros}
'''

_TORCH_HELPERS = {
    "arrays": _ARRAYS.format(
        place=" and device",
        convert="torch.as_tensor(inputs[name])",
        unify="""    dtype = functools.reduce(torch.promote_types, (array.dtype for array in found))
    dtype = dtype if dtype.is_floating_point else torch.get_default_dtype()
    return [array.to(dtype) for array in found]""",
    ),
    "check": _CHECK,
    "at": _AT.format(zeros="array.new_zeros(rest)"),
    "take": '''
def take(array, places, axis):
    """The entries at integer places of one axis, which the axes of `places` replace; zero outside the array."""
    size = array.shape[axis]
    zero = array.new_zeros([1 if k == axis else n for k, n in enumerate(array.shape)])
    padded = torch.cat([array, zero], axis)
    return padded[(slice(None),) * axis + (torch.where((places >= 0) & (places < size), places, size),)]
''',
    "read": '''
def read(array, *places):
    """The entries at broadcast integer places, one grid for each axis; zero outside the array."""
    places = [torch.as_tensor(p, device=array.device) for p in places]
    inside = functools.reduce(torch.logical_and, [(p >= 0) & (p < n) for p, n in zip(places, array.shape)])
    padded = torch.nn.functional.pad(array, (0, 1) * array.ndim)
    return padded[tuple(torch.where(inside, p, n) for p, n in zip(places, array.shape))]
''',
    "largest": '''
def largest(array, axis):
    """The largest entries along an axis; -inf where there are none."""
    return array.amax(axis) if array.shape[axis] else array.sum(axis) - torch.inf
''',
    "smallest": '''
def smallest(array, axis):
    """The smallest entries along an axis; inf where there are none."""
    return array.amin(axis) if array.shape[axis] else array.sum(axis) + torch.inf
''',
}

_NUMPY_HELPERS = {
    "arrays": _ARRAYS.format(
        place="",
        convert="np.asarray(inputs[name])",
        unify="""    dtype = np.result_type(*found)
    dtype = dtype if np.issubdtype(dtype, np.floating) else np.dtype(float)
    return [array.astype(dtype) for array in found]""",
    ),
    "check": _CHECK,
    "at": _AT.format(zeros="np.zeros(rest, array.dtype)"),
    "take": '''
def take(array, places, axis):
    """The entries at integer places of one axis, which the axes of `places` replace; zero outside the array."""
    size = array.shape[axis]
    padded = np.pad(array, [(0, int(k == axis)) for k in range(array.ndim)])
    return padded.take(np.where((places >= 0) & (places < size), places, size), axis)
''',
    "read": '''
def read(array, *places):
    """The entries at broadcast integer places, one grid for each axis; zero outside the array."""
    inside = functools.reduce(np.logical_and, [(p >= 0) & (p < n) for p, n in zip(places, array.shape)])
    padded = np.pad(array, [(0, 1)] * array.ndim)
    return padded[tuple(np.where(inside, p, n) for p, n in zip(places, array.shape))]
'''.replace("for p, n in zip(places, array.shape)])", "for p, n in zip(places, array.shape)], np.True_)"),
    "largest": '''
def largest(array, axis):
    """The largest entries along an axis; -inf where there are none."""
    return array.max(axis, initial=-np.inf)
''',
    "smallest": '''
def smallest(array, axis):
    """The smallest entries along an axis; inf where there are none."""
    return array.min(axis, initial=np.inf)
''',
    "erf": '''
def erf(z):
    """The error function, entry by entry."""
    return np.vectorize(math.erf, otypes=[float])(z).astype(np.asarray(z).dtype)
''',
    "sigmoid": '''
def sigmoid(z):
    """1/(1 + exp(-z)), without overflow."""
    return np.exp(-np.logaddexp(0, -z))
''',
}

_SAME = (
    *("exp", "log", "sin", "cos", "tan", "arctan", "arcsin", "arccos", "sinh", "cosh", "tanh"),
    *("abs", "sign", "floor", "ceil", "sqrt"),
)

TORCH = Target(
    name="torch",
    imports="import torch",
    functions={
        **{f: f"torch.{f}({{0}})" for f in (*_SAME, "sigmoid", "relu", "erf")},
        "max": "torch.maximum({0}, {1})",
        "min": "torch.minimum({0}, {1})",
        "softplus": "torch.logaddexp({0}, torch.zeros((), dtype=dtype, device=device))",
        "normal_cdf": "torch.special.ndtr({0})",
        "gelu": "torch.nn.functional.gelu({0})",
        "silu": "torch.nn.functional.silu({0})",
    },
    helpers=_TORCH_HELPERS,
    transpose="permute",
    reductions={"max": "{0}.amax({1})", "min": "{0}.amin({1})", "prod": "{0}.prod({1})"},
    cast="{0}.to(dtype)",
    arange="torch.arange({0}, device=device)",
    zeros="torch.zeros({0}, dtype=dtype, device=device)",
    full="torch.broadcast_to({0}, {1}).clone()",
    copy="{0}.clone()",
    einsum='torch.einsum("{0}", {1})',
    truth="torch.tensor({0}, device=device)",
    tensor="torch.tensor({0}, dtype=dtype, device=device)",
    decorator="@torch.no_grad()",
)
NUMPY = Target(
    name="np",
    imports="import numpy as np",
    functions={
        **{f: f"np.{f}({{0}})" for f in _SAME},
        "max": "np.maximum({0}, {1})",
        "min": "np.minimum({0}, {1})",
        "relu": "np.maximum({0}, 0)",
        "softplus": "np.logaddexp(0, {0})",
        "erf": "erf({0})",
        "sigmoid": "sigmoid({0})",
    },
    helpers=_NUMPY_HELPERS,
    transpose="transpose",
    reductions={"max": "{0}.max({1})", "min": "{0}.min({1})", "prod": "{0}.prod({1})"},
    cast="{0}.astype(dtype)",
    arange="np.arange({0})",
    zeros="np.zeros({0}, dtype)",
    full="np.broadcast_to({0}, {1}).copy()",
    copy="{0}.copy()",
    einsum='np.einsum("{0}", {1}, optimize=True)',
    truth="np.asarray({0})",
    tensor="np.asarray({0}, dtype)",
    decorator="",
)
TARGETS = {"torch": TORCH, "numpy": NUMPY}
