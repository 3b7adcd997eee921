"""What the student has claimed, put in place of what is true: the error carried forward."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound
from derive.calculus.collapse import collapse
from derive.calculus.differentiate import derivative
from derive.calculus.program import Definition
from derive.calculus.substitute import names, subs
from derive.grading.steps_defined import defined, folded
from derive.grading.steps_link import moving
from derive.grading.steps_names import Target, with_letters, working
from derive.grading.steps_scene import Scene, Undecidable, shadow
from derive.grading.steps_trees import is_differential
from derive.notation import tree
from derive.notation.affine_reader import axis_affine
from derive.notation.arrays import Clash, Value
from derive.notation.errors import Refused, Unreadable
from derive.notation.latex import read_latex
from derive.notation.walk import split_slots


@dataclass(frozen=True, slots=True)
class Claim:
    """``left = right``, as the student has it.

    Attributes:
        verdict: what was said of it; ``wrong`` also where it follows from a wrong one.
        said: where it is said to hold.
        apart: the conditions among these that are not met everywhere.
        line: the number of the line that it, or its error, comes from.
    """

    left: tree.Node
    right: tree.Node
    verdict: str
    scene: Scene
    said: tuple[tree.Node, ...] = ()
    apart: tuple[tree.Node, ...] = ()
    line: int = 0

    @property
    def holds(self) -> bool:
        """Whether it was found to follow, without a condition."""
        return self.verdict == "follows" and not self.apart


def carried_scenes(scene: Scene, claims: Sequence[Claim]) -> Iterator[Scene]:
    """Scenes in which the student's own lines hold: all of them, then the doubtful ones alone."""
    seen: list[Scene] = []
    doubtful = [c for c in claims if c.verdict != "follows"]
    for chosen in (claims, doubtful, doubtful[-1:]):
        new = scene
        for claim in chosen:
            new = _holding(new, claim)
        if new != scene and new not in seen:
            seen.append(new)
            yield new


def derivative_given(scene: Scene, left: str, node: tree.Node) -> Scene | None:
    """``∂q/∂Δ_i = g_i + …`` of a scalar of which nothing else is known."""
    head = read_latex(left, scene.declared)
    known = scene.meanings.keys() | scene.slopes.keys() | scene.functions.keys()
    if not isinstance(head, tree.Derivative) or not isinstance(head.of, tree.Name) or head.of.name in known:
        return None
    if head.of.name not in scene.symbols:
        scene = scene.with_symbol(head.of.name, head.of.latex, ())
    scene = with_letters(scene, head, node)
    work = working(scene)
    value = work.lower(node)
    return None if work.unknown or scene.declared.rank(head.of.name) else _slope(scene, head, value)


def _holding(scene: Scene, claim: Claim) -> Scene:
    """The scene in which one claim holds."""
    try:
        scene, claim = _opened(scene, claim)
        local, work = moving(with_letters(scene, claim.left, claim.right), claim.left, claim.right)
        value = work.lower(claim.right)
        if work.unknown:
            return scene
        new = _with(local, claim.left, value, claim.right)
    except (Unreadable, Clash, Undecidable, Refused):
        return scene
    return scene if new is None else replace(new, options=scene.options)


def _opened(scene: Scene, claim: Claim) -> tuple[Scene, Claim]:
    """The claim about a formula as one about a name, where what is given is written with that formula."""
    slope = claim.left if isinstance(claim.left, tree.Derivative) else None
    part = claim.left if slope is None else slope.of
    if part is None or isinstance(part, tree.Name | tree.Index | tree.Number | tree.Derivative):
        return scene, claim
    local = with_letters(scene, part)
    name = tree.Name(f"∂{len(scene.symbols)}")
    work = working(local)
    value = work.lower(part)
    goal = Target(name.name, name.name)
    new = None if work.unknown else defined(local, goal, value, part)
    if new is None or (read := folded(new, goal, part)) == new:
        return scene, claim
    left = name if slope is None else replace(slope, of=name)
    return replace(read, options=scene.options), replace(claim, left=left)


def _with(scene: Scene, left: tree.Node, value: Value, body: tree.Node) -> Scene | None:
    match left:
        case tree.Derivative():
            return _slope(scene, left, value)
        case tree.Name(name) if name in scene.symbols:
            return defined(scene.without(name), Target(name, left.latex), value, body)
        case tree.Index(tree.Name(name) as base, slots) if name in scene.symbols:
            return defined(scene.without(name), Target(name, base.latex, slots), value, body)
    return None


def _slope(scene: Scene, left: tree.Derivative, value: Value) -> Scene | None:
    """A claimed derivative of a scalar arrives from above; nothing else is known of the scalar then."""
    of = left.of.function if isinstance(left.of, tree.Call) else left.of
    if is_differential(left):
        return _read_off(scene, of, value)
    if isinstance(of, tree.Index) and len(left.wrt) == 1:
        return _jacobian(scene, of, left.wrt[0], value)
    if not isinstance(of, tree.Name) or of.name not in scene.symbols or len(left.wrt) != 1 or left.order != 1:
        return None
    variable = left.wrt[0]
    head = variable.base if isinstance(variable, tree.Index) else variable
    if not isinstance(head, tree.Name) or head.name not in scene.symbols:
        return None
    if scene.declared.rank(of.name) and head is variable:
        return _whole_jacobian(scene, of.name, head.name, value)
    slots = variable.slots if isinstance(variable, tree.Index) else ()
    return _arriving(scene, of.name, _claimed(scene, head.name, slots, value, left))


def _arriving(scene: Scene, of: str, slope: Definition | None) -> Scene | None:
    if slope is None:
        return None
    functions = {n: f for n, f in scene.functions.items() if n != of}
    return replace(scene.without(of), functions=functions).with_slope(of, slope)


def _claimed(scene: Scene, head: str, slots: tuple[tree.Node, ...], value: Value, left: tree.Node) -> Definition | None:
    """The claimed derivative by ``head``, entry by entry."""
    shadowed = f"∂/∂{head}"
    trial = replace(scene, symbols={**scene.symbols, shadowed: scene.symbols[head]})
    new = defined(trial, Target(shadowed, shadowed, slots), value, left)
    if new is None or shadowed not in new.meanings:
        return None
    meaning = new.meanings[shadowed]
    letters = [Letter(f"at{k}") for k in range(scene.declared.symbols[head].rank)]
    put = {b.letter: Affine.of(x) for b, x in zip(meaning.letters, letters, strict=True)}
    bounds = tuple(Bound(x, b.low, b.high) for x, b in zip(letters, meaning.letters, strict=True))
    return Definition(head, bounds, subs(meaning.body, put))


def _read_off(scene: Scene, of: tree.Node | None, value: Value) -> Scene | None:
    """``dL = …`` says what the gradients are: the coefficients of the differentials."""
    if not isinstance(of, tree.Name) or of.name not in scene.symbols:
        return None
    if value.rank:
        return _jacobians(scene, of.name, value)
    new: Scene | None = scene
    for name in sorted(n for n in scene.symbols if shadow(n) in names(value.at())):
        dims = [axis_affine(a) for a in scene.declared.symbols[name].shape or ()]
        letters = [Letter(f"at{k}") for k in range(len(dims))]
        bounds = tuple(Bound(x, Affine.of(0), d) for x, d in zip(letters, dims, strict=True))
        body = collapse(derivative(value.at(), shadow(name), tuple(Affine.of(x) for x in letters)))
        new = _arriving(new or scene, of.name, Definition(name, bounds, body))
    return new


def _jacobians(scene: Scene, of: str, value: Value) -> Scene | None:
    """``dh = D dz`` says what the Jacobians are."""
    own = [Letter(f"own{k}") for k in range(value.rank)]
    body = value.at(*(Affine.of(x) for x in own))
    if list(value.dims) != [axis_affine(a) for a in scene.declared.symbols[of].shape or ()]:
        return None
    for name in sorted(n for n in scene.symbols if shadow(n) in names(body)):
        dims = [axis_affine(a) for a in scene.declared.symbols[name].shape or ()]
        letters = [Letter(f"at{k}") for k in range(len(dims))]
        slope = collapse(derivative(body, shadow(name), tuple(Affine.of(x) for x in letters)))
        axes = zip([*own, *letters], [*value.dims, *dims], strict=True)
        bounds = tuple(Bound(x, Affine.of(0), d) for x, d in axes)
        scene = _with_jacobian(scene, of, name, Definition(of, bounds, slope))
    return scene


def _jacobian(scene: Scene, of: tree.Index, variable: tree.Node, value: Value) -> Scene | None:
    """``∂z_i/∂W_{kl} = …``, letters all different."""
    head = variable.base if isinstance(variable, tree.Index) else variable
    if not (isinstance(of.base, tree.Name) and isinstance(head, tree.Name)) or value.rank:
        return None
    above, below = (scene.declared.symbols.get(n.name) for n in (of.base, head))
    if above is None or below is None:
        return None
    slots = [*split_slots(of.slots, above.rank)]
    slots += split_slots(variable.slots, below.rank) if isinstance(variable, tree.Index) else []
    axes = [axis_affine(a) for s in (above, below) for a in s.shape or ()]
    letters = [Letter(s.name) for s in slots if isinstance(s, tree.Name)]
    if len(set(letters)) != len(axes) or len(slots) != len(axes):
        return None
    bounds = tuple(Bound(x, Affine.of(0), d) for x, d in zip(letters, axes, strict=True))
    return _with_jacobian(scene, of.base.name, head.name, Definition(of.base.name, bounds, value.at()))


def _whole_jacobian(scene: Scene, of: str, by: str, value: Value) -> Scene | None:
    axes = [axis_affine(a) for n in (of, by) for a in scene.declared.symbols[n].shape or ()]
    if tuple(axes) != value.dims:
        return None
    letters = [Letter(f"at{k}") for k in range(len(axes))]
    bounds = tuple(Bound(x, Affine.of(0), d) for x, d in zip(letters, axes, strict=True))
    return _with_jacobian(scene, of, by, Definition(of, bounds, value.at(*(Affine.of(x) for x in letters))))


def _with_jacobian(scene: Scene, of: str, by: str, meaning: Definition) -> Scene:
    return replace(scene, jacobians={**scene.jacobians, (of, by): meaning})
