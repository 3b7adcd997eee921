"""From trees to arrays where derivatives are carried out: the index calculus differentiates what is given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from derive.calculus.affine import Affine
from derive.calculus.expr import ONE, Expr, add, entry, total
from derive.calculus.substitute import bracket, replace_entries
from derive.grading.steps_chain import slope_of
from derive.grading.steps_counts import put_number
from derive.grading.steps_means import INTEGRAL, MEAN, integral, mean
from derive.grading.steps_partial import by_letters, implicit, one_way, usual_variable
from derive.grading.steps_scene import Function, Scene, Undecidable, shadow
from derive.grading.steps_trees import is_differential, is_row, t_is_power
from derive.notation import tree
from derive.notation.affine_reader import affine_of
from derive.notation.arrays import Clash, Value, bound_of, mapped, scalar
from derive.notation.errors import Unreadable
from derive.notation.lower import Lowering
from derive.notation.lower_index import places_of
from derive.notation.walk import split_slots, walk

MAX_ORDER = 4


@dataclass
class Working(Lowering):
    """The lowering of one side of a line.

    Attributes:
        scene: what is known.
        by: the names that something was differentiated by, so that a comparison can hold them fixed.
        varied: the names whose differentials the line speaks of.
        layout: ``denominator``: a Jacobian's variable first; ``row``: a column's gradient; ``partial``, ``step``: one way.
        laid_out: the layouts that would have made a difference.
        rows: whether ``W_j`` is a row here and no column.
    """

    scene: Scene = field(default_factory=Scene)
    by: set[str] = field(default_factory=set)
    layout: str = ""
    varied: frozenset[str] = frozenset()
    laid_out: set[str] = field(default_factory=set)
    rows: bool = False

    def lower(self, node: tree.Node) -> Value:
        """The array that a node means, derivatives carried out.

        Raises:
            Unreadable: it means nothing we know.
            Clash: shapes do not go together.
            Undecidable: nothing says what is differentiated here, or by what.
        """
        match node:
            case tree.Derivative():
                return self._derivative(node)
            case tree.Transpose(arg, "T") if self.declarations.rank("T") == 0 and t_is_power(self.scene.typed):
                return self.lower(tree.Power(arg, tree.Name("T"), span=node.span))
            case tree.At():
                return self._at(node)
            case tree.Call(tree.Name(name) | tree.Prime(tree.Name(name))) if (
                found := self._function(name)
            ) is not None:
                return self._called(node, name, found)
            case tree.Call(tree.Name(name), (body,)) if name == MEAN:
                return mapped(self.lower(body), lambda e: mean(e, self.scene))
            case tree.Call(tree.Name(name), (body, tree.Name(over))) if name == INTEGRAL:
                return mapped(self.lower(body), lambda e: integral(e, over, self.scene))
            case tree.Call(tree.Name(name), _) if not self.declarations.is_function(name):
                return self._plain_call(node, name)
            case tree.Name(name) if name in self.scene.functions:
                return self.lower(self.scene.functions[name].body)
            case tree.Prime(tree.Name(name), order) if (found := self._function(name)) is not None:
                return self._primes(self.lower(found.body), found, order)
            case tree.Index(tree.Name(name), (slot,)) if (sequence := self._function(name)) is not None:
                return self.lower(put_number(sequence, slot))
            case tree.Index(tree.Name("delta" as name), slots) if not self.declarations.is_known(name):
                return self._kronecker(node, slots)
            case tree.Index(tree.Name("I") | tree.Constant("ones") as base, (tree.Name() as size,)) if (
                not self.declarations.is_known("I") and self.declarations.rank(size.name) == 0
            ):
                dims = (self.letters_known(size),) * (2 if isinstance(base, tree.Name) else 1)
                return Value(dims, (lambda *i: bracket(i[0] - i[1])) if len(dims) == 2 else lambda *_: ONE)
            case tree.Product(factors) if not self.rows and any(is_row(f, self.declarations.rank) for f in factors):
                return self._with_rows(node)
            case tree.Index(base, slots) if not isinstance(base, tree.Name | tree.Index):
                return by_letters(self.declarations, self.lower(base), slots) or super().lower(node)
            case tree.Index() if self.rows and is_row(node, self.declarations.rank):
                return replace(super().lower(node), row=True)
            case tree.Index(tree.Name(name)) if self._is_unknown(name):
                self.unknown.add(name)
                return scalar(entry(name))
        return super().lower(node)

    def _with_rows(self, node: tree.Product) -> Value:
        """``w_i x`` with the rows as columns, as arrays usually are, or as the rows that they are where only that fits."""
        try:
            return super().lower(node)
        except Clash:
            self.rows = True
            try:
                return super().lower(node)
            finally:
                self.rows = False

    def _is_unknown(self, name: str) -> bool:
        return name not in self.letters and not self.declarations.is_known(name)

    def _differential(self, node: tree.Derivative) -> Value:
        """``dL``: what changes of the varied names do to it, to first order."""
        of = node.of
        if isinstance(of, tree.Name) and of.name in self.varied:
            self.by.add(of.name)
            return super().lower(tree.Name(shadow(of.name), span=node.span))
        if of is None or (isinstance(of, tree.Name) and self._is_unknown(of.name)):
            raise Undecidable("nothing says what is differentiated here")
        value = self.lower(of)
        parts = [self._change(value, name) for name in sorted(self.varied)]
        return Value(value.dims, lambda *i: add([p(*i) for p in parts]), value.row)

    def _change(self, value: Value, name: str) -> Callable[..., Expr]:
        self.by.add(name)
        dims = super().lower(tree.Name(name)).dims

        def at(*i: Affine) -> Expr:
            bounds = [bound_of(d) for d in dims]
            here = tuple(Affine.of(b.letter) for b in bounds)
            return total(slope_of(self.scene, value.at(*i), name, here) * entry(shadow(name), *here), *bounds)

        return at

    def _function(self, name: str) -> Function | None:
        return self.scene.functions.get(name)

    def _plain_call(self, node: tree.Call, name: str) -> Value:
        """``L(w)`` where L is given as a quantity: the same thing; otherwise an unknown function."""
        if name in self.scene.symbols:
            return self.lower(tree.Name(name, span=node.span))
        self.unknown.add(name)
        for arg in node.args:
            self.lower(arg)
        return scalar(entry(name))

    def _called(self, node: tree.Call, name: str, function: Function) -> Value:
        order = node.function.order if isinstance(node.function, tree.Prime) else 0
        if len(node.args) > len(function.parameters):
            raise Unreadable(f"'{name}' takes {len(function.parameters)} arguments.", node.span[0])
        value = self._primes(self.lower(function.body), function, order)
        put = {}
        for parameter, arg in zip(function.parameters, node.args, strict=False):
            if not (isinstance(arg, tree.Name) and arg.name == parameter):
                put[parameter] = self.lower(arg)
        return self._with(value, put) if put else value

    def _primes(self, value: Value, function: Function, order: int) -> Value:
        for _ in range(order):
            value = self._primed(value, function)
        return value

    def _primed(self, value: Value, function: Function) -> Value:
        if len(function.parameters) != 1 or self.lower(tree.Name(function.parameters[0])).dims:
            raise Undecidable("a prime needs a function of one number")
        return self.slope(value, function.parameters[0], (), ())

    def _with(self, value: Value, put: dict[str, Value]) -> Value:
        """The value where other arrays stand for names."""

        def new(e: Expr) -> Expr:
            inner = self.scene.unfolded(e, frozenset(put))
            return replace_entries(inner, lambda a: put[a.name].at(*a.at) if a.name in put else None)

        return mapped(value, new)

    def _kronecker(self, node: tree.Index, slots: tuple[tree.Node, ...]) -> Value:
        pair = split_slots(slots, 2)
        if len(pair) != 2:
            self.unknown.add("delta")
            return scalar(entry("delta"))
        first, second = (affine_of(s, self.letters_known) for s in pair)
        return scalar(bracket(first - second))

    def _at(self, node: tree.At) -> Value:
        match node.condition:
            case tree.Relation((tree.Name(name), point), ("=",)):
                return self._with(self.lower(node.body), {name: self.lower(point)})
        raise Unreadable("Say at which point, as in x = 0.", node.span[0])

    def _derivative(self, node: tree.Derivative) -> Value:
        if node.of is None:
            return self._bare(node)
        if is_differential(node) and (self.varied or node.kind == "d"):
            return self._differential(node)
        of, wrt = node.of, node.wrt or self.variable_of(node.of, node)
        if (tied := implicit(self.scene, self.lower, of, wrt)) is not None:
            return tied
        moved = self._moved(of, wrt)
        if moved is not None:
            return moved(node)
        if len(wrt) * node.order > MAX_ORDER:
            raise Unreadable("The order of this derivative is too high.", node.span[0])
        value = self.lower(of)
        self._needs_meaning(of, wrt)
        step = self.layout == "step"
        held = one_way(self.scene, value, (of, *wrt), own=step) if step or self.layout == "partial" else None
        if held is not None:
            return replace(self, scene=self.scene.without(*self.scene.meanings))._by(held, wrt[0])
        for variable in (*reversed(wrt),) * node.order:
            value = self._by(value, variable)
        return value

    def _bare(self, node: tree.Derivative) -> Value:
        """A lone operator means the goal."""
        goal = self.scene.goal
        if goal is None or (isinstance(goal, tree.Derivative) and goal.of is None):
            raise Undecidable("nothing says what is differentiated here")
        return self.lower(goal)

    def variable_of(self, of: tree.Node, node: tree.Derivative) -> tuple[tree.Node, ...]:
        """By what ``∇f`` differentiates: the function's only argument, or the variable by its usual name."""
        name = of.function if isinstance(of, tree.Call) else of
        function = self.scene.functions.get(name.name) if isinstance(name, tree.Name) else None
        if function is not None and len(function.parameters) == 1:
            return (tree.Name(function.parameters[0], span=node.span),)
        if isinstance(of, tree.Call) and isinstance(of.function, tree.Name) and len(of.args) == 1:
            return of.args
        goal = self.scene.goal
        if isinstance(goal, tree.Derivative) and goal.of == of and goal.wrt:
            return goal.wrt
        usual = usual_variable(self.scene, name.name) if isinstance(name, tree.Name) else None
        if usual is not None:
            return (tree.Name(usual, self.declarations.latex(usual), span=node.span),)
        raise Undecidable("nothing says by what is differentiated here")

    def _moved(self, of: tree.Node, wrt: tuple[tree.Node, ...]) -> Callable[[tree.Derivative], Value] | None:
        """``∇f(y)`` at another point than the parameter: differentiate, then put the point in."""
        if not isinstance(of, tree.Call) or not isinstance(of.function, tree.Name):
            return None
        function = self._function(of.function.name)
        if function is None or len(of.args) != 1 or len(function.parameters) != 1:
            return None
        parameter, point = function.parameters[0], of.args[0]
        if point == tree.Name(parameter) or (wrt and wrt[0] not in (tree.Name(parameter), point)):
            return None
        home = tree.Name(parameter, span=of.span)

        def value(node: tree.Derivative) -> Value:
            inner = replace(node, of=replace(of, args=(home,)), wrt=(home,) * max(1, len(node.wrt)))
            return self._with(self.lower(inner), {parameter: self.lower(point)})

        return value

    def _needs_meaning(self, of: tree.Node, wrt: Sequence[tree.Node]) -> None:
        """A quantity that nothing gives has no derivative by another one."""
        head = of.base if isinstance(of, tree.Index) else of
        if not isinstance(head, tree.Name) or head.name in self.scene.functions or head.name in self.letters:
            return
        if head.name in self.scene.meanings or head.name in self.scene.slopes:
            return
        variables = {v.name for w in wrt for v in walk(w) if isinstance(v, tree.Name)}
        if head.name not in variables:
            raise Undecidable(f"nothing says how '{head.latex}' depends on this")

    def _by(self, value: Value, variable: tree.Node) -> Value:
        """The derivative by one variable: a name, entries of one, or a row of one."""
        head = variable.base if isinstance(variable, tree.Index) else variable
        if not isinstance(head, tree.Name):
            raise Unreadable("We differentiate by a name or by its entries.", variable.span[0])
        if head.name not in self.scene.symbols or self.declarations.is_function(head.name):
            self.unknown.add(head.name)
            return value
        array = super().lower(head)
        at: tuple[Affine, ...] = ()
        rest = array.dims
        if isinstance(variable, tree.Index):
            at = tuple(places_of(self, variable, array))
            rest = array.dims[len(at) :]
        return self.slope(value, head.name, at, rest)

    def slope(self, value: Value, name: str, at: tuple[Affine, ...], rest: tuple[Affine, ...]) -> Value:
        """The array of derivatives of every entry by every entry ``name[at, …]``."""
        self.by.add(name)
        r = value.rank
        jacobian, gradient = r == len(rest) == 1, not r and len(rest) == 1
        self.laid_out |= {"denominator"} if jacobian else {"row"} if gradient else set()
        last = 1 if self.layout == "denominator" and jacobian else 0

        def entry_of(*i: Affine) -> Expr:
            own, variable = (i[last:], i[:last]) if last else (i[:r], i[r:])
            return slope_of(self.scene, value.at(*own), name, (*at, *variable))

        row = (value.row and not rest) or (gradient and self.layout == "row")
        return Value((*rest, *value.dims) if last else (*value.dims, *rest), entry_of, row)
