"""Ranges of letters and shapes of arrays, worked out from what a text reads."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence

from derive.calculus.affine import ZERO, Affine, Letter
from derive.notation.index_scope import Scopes, count
from derive.notation.index_sizes import Clash, NoFit, Range, certain, extreme, fit
from derive.notation.index_syntax import Node, ProgramError

_NAMES = ("N", "M", "P", "Q", "R", "S")


class Solver(Scopes):
    """Scopes whose sizes are worked out, in the order: declared, shared, fitted, stretched, new."""

    def give(self, array: str, shape: Sequence[Affine]) -> None:
        """The declared shape of an array."""
        if self.ranks.setdefault(array, len(shape)) != len(shape):
            used, kind = self.ranks[array], count(len(shape))
            raise ProgramError(f"{array} is declared with {kind} and used with {used}", self.text)
        for k, size in enumerate(shape):
            self._say((array, k), size)

    def call(self, name: str, size: Affine) -> None:
        """``dims name = size``."""
        found = [x for x in self.order if x.name == name and x not in self.ranges]
        if not found:
            raise ProgramError(f"dims {name} = {size!r}: no index letter is called {name}", self.text)
        for letter in found:
            self._say(letter, size)

    def share_shapes(self, bases: Container[str]) -> None:
        """``v_bar`` is as long as ``v``, and ``dy/dx`` as ``y`` and then ``x``, for the names in ``bases``."""
        for name, rank in list(self.ranks.items()):
            of, slash, wrt = name.removeprefix("d").partition("/d")
            parts = (of, wrt) if slash else (name.removesuffix("_bar"),)
            slots = [(p, k) for p in parts for k in range(self.ranks.get(p, 0))]
            if name not in parts and len(slots) == rank and all(p in bases for p in parts):
                for k, slot in enumerate(slots):
                    self._share((name, k), slot)

    def _share(self, a: tuple[str, int], b: tuple[str, int]) -> None:
        try:
            self.sizes.join(b, a)
        except Clash as clash:
            raise ProgramError(f"slot {a[1] + 1} of {a[0]} and of {b[0]} differ: {clash}", self.text) from clash

    def sized(self) -> set[str]:
        """The names of the letters in declared sizes."""
        sizes = [size for key in self.sizes.all() if (size := self.sizes.of(key)) is not None]
        return {x.name for size in sizes for x in size.letters}

    def no_shared_names(self, numbers: Iterable[str]) -> None:
        """ProgramError where a letter on the left is called like a dimension or an integer."""
        for letter, node in self.order.items():
            if letter in self.heads and letter.name in numbers:
                raise self.fail(f"{letter.name} is a dimension or an integer too; call the index otherwise", node)

    def no_free_letters(self, numbers: Iterable[str] = ()) -> None:
        """ProgramError where nothing says what a name in a slot is: an index letter elsewhere, or alone in several slots."""
        known, letters = {*numbers, *self.sized()}, {x.name for x in self.order}
        for name, node in self.loose.items():
            if name in letters - known:
                advice = f"write sum(…, {name}), put it on the left, or say integer {name}"
                raise self.fail(f"{name} is an index letter elsewhere, and nothing binds it here; {advice}", node)
        for name, reads in self.parameters.items():
            if len({(r.array, r.place) for r in reads}) > 1 and name not in known:
                advice = f"write sum(…, {name}), put it on the left, or say integer {name}"
                raise self.fail(f"{name} is neither bound by a sum nor on the left; {advice}", reads[0].node)

    def _say(self, key: Letter | tuple[str, int], size: Affine) -> None:
        try:
            self.sizes.give(key, size)
        except Clash as clash:
            letters = [k for k in self.sizes.members(key) if isinstance(k, Letter)]
            slots = ", ".join(f"slot {k[1] + 1} of {k[0]}" for k in self.sizes.members(key) if isinstance(k, tuple))
            at = self.order[letters[0]].at if letters else 0
            name = f"{letters[0].name} indexes {slots}" if letters else slots
            raise ProgramError(f"{name}: sizes {clash} do not fit", self.text, at) from clash

    def solve(self) -> None:
        """Give every letter its range, or raise ProgramError."""
        self._soft()
        self._name_inputs()
        while self._settle() or self._stretch(new=False) or self._stretch(new=True):
            pass
        for letter, node in self.order.items():
            if letter not in self.ranges:
                raise self.fail(self._why(letter), node)

    def _soft(self) -> None:
        """Letters with a range of their own say how long an array is that nothing else measures."""
        for read in self.reads:
            alone = read.slot.letter
            if alone in self.ranges and self.sizes.of((read.array, read.place)) is None:
                high = self.ranges[alone][1]
                if not any(x.uid for x in high.letters):
                    self.sizes.give((read.array, read.place), high)

    def _name_inputs(self) -> None:
        """A new dimension for each letter that alone indexes an input of unknown shape."""
        for letter in self.order:
            if letter in self.ranges or self.sizes.of(letter) is not None:
                continue
            slots = [k for k in self.sizes.members(letter) if isinstance(k, tuple)]
            if any(name not in self.defined for name, _ in slots):
                self.sizes.give(letter, self._dimension(_dimension_names(letter.name)))

    def _dimension(self, names: Iterable[str]) -> Affine:
        name = next(n for n in names if n not in self.taken)
        self.taken.add(name)
        return Affine.of(Letter(name))

    def _settle(self) -> bool:
        """Take over the sizes that are known now, and fit what fits; whether anything was new."""
        new = False
        for letter, node in self.order.items():
            if letter in self.ranges:
                continue
            size = self.sizes.of(letter)
            found = (ZERO, size) if size is not None else self._fitted(letter, node)
            if found is not None:
                self.ranges[letter] = found
                new = True
        return new

    def _fitted(self, letter: Letter, node: Node) -> Range | None:
        family = {k for k in self.sizes.members(letter) if isinstance(k, Letter)}
        slots = [k for k in self.sizes.members(letter) if isinstance(k, tuple)]
        for member in family:
            try:
                found = fit(member, self.reads, self.sizes, self._outer())
            except NoFit as why:
                name = slots[0][0] if slots else node.value
                raise self.fail(
                    f"nothing says how far {node.value} runs: {why}; {_advice(name, node, slots)}", node
                ) from why
            if found is None:
                continue
            if found[0] != ZERO and slots:
                advice = _advice(slots[0][0], node, slots)
                raise self.fail(f"{node.value} would start at {found[0]!r} for every read to fit; {advice}", node)
            if slots or len(family) > 1:
                self.sizes.give(letter, found[1])
            return found
        return None

    def _outer(self) -> dict[Letter, Range]:
        """The known ranges with outer letters before inner ones."""
        return {x: self.ranges[x] for x in (*self.order, *self.ranges) if x in self.ranges}

    def _stretch(self, *, new: bool) -> bool:
        """Size one array that is read only at shifted places: as long as its reads, or, if they wait for it, new."""
        for key in self.sizes.all():
            if isinstance(key, tuple) and self.sizes.of(key) is None and key[0] not in self.defined:
                size = self._dimension((*_NAMES, f"n_{key[0]}{key[1] or ''}")) if new else self._reach(key)
                if size is not None:
                    self.sizes.give(key, size)
                    return True
        return False

    def _reach(self, key: tuple[str, int]) -> Affine | None:
        """One more than the last place that is read."""
        ranges = self._outer()
        ends = []
        for read in self.reads:
            if (read.array, read.place) == key:
                end = extreme(read.slot, ranges, 1)
                if end is None or any(x.uid for x in end.letters):
                    return None
                ends.append(end + 1)
        return next((a for a in ends if all(certain(a - b) for b in ends)), None)

    def _why(self, letter: Letter) -> str:
        slots = [k for k in self.sizes.members(letter) if isinstance(k, tuple)]
        node = self.order[letter]
        return f"nothing says how far {letter.name} runs: {_advice(slots[0][0] if slots else '', node, slots)}"

    def shape(self, name: str) -> tuple[Affine, ...]:
        """The solved shape of an array."""
        return tuple(self.sizes.of((name, k)) or Affine.of(0) for k in range(self.ranks[name]))


def _advice(array: str, node: Node, slots: Sequence[object]) -> str:
    shown = f'shapes={{"{array}": "…"}} or with ' if slots else ""
    return f"declare it with {shown}dims {node.value} = T"


def _dimension_names(letter: str) -> Iterator[str]:
    yield letter.rstrip("'").upper()
    yield f"n_{letter}"
    yield from (f"n_{letter}{k}" for k in range(2, 10_000))
