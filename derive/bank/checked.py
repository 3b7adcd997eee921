"""Examples and counterexamples as answers: any numbers that do what is asked are right."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np

from derive.bank.kind import Kind, named
from derive.bank.misconceptions import Showing
from derive.bank.tables import labelled
from derive.bank.typed import Typed, text_of
from derive.derivations.base import Derivation
from derive.grading.verdict import Verdict, message
from derive.notation.arrays import Clash
from derive.notation.errors import Refused, Unreadable

MANY = "(one of many)"
REMARK = re.compile(rf"(?:\\q?quad)?\s*(?:\\text\{{)?{re.escape(MANY)}\}}?\s*$")  # a key's own words, copied with it

Check = tuple[str, Callable[..., float]]
MARGIN = 1e-6


@dataclass(frozen=True)
class Example(Kind):
    r"""Numbers that the student chooses, right where every check holds.

    Attributes:
        names: name → its shape, as it is typed (``h_1`` is typed with or without the underscore).
        checks: a sentence that a student hears where a check fails, and a function of the values by name that is above 0 where
            it holds; where one is within a millionth of 0 and none fails, a person decides.
        model: values that do it.
        why: why they do, for the worked solution.
        comes: a derivation behind it.

    Raises:
        ValueError: the model does not do it.
    """

    names: Mapping[str, tuple[int, ...]]
    checks: Sequence[Check]
    model: Mapping[str, Any]
    why: str = ""
    comes: Derivation | None = None
    fails: tuple[bool, ...] = ()
    same: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        """Check the model."""
        found = None if self.fails else self.judge(self.typed())
        if found is not None and found.verdict != "equal":
            raise ValueError(f"the model example is {found.verdict}: {dict(found.evidence)}")

    @property
    def derivation(self) -> Derivation | None:
        """The derivation behind the example."""
        return self.comes

    @property
    def worked(self) -> str:
        """Why the model does it."""
        return self.why

    def show(self) -> str:
        """The model."""
        return _page(self.model) + rf" \quad \text{{{MANY}}}"

    def typed(self) -> str:
        """The model as a student types it."""
        return "; ".join(f"{n} = {np.asarray(v).tolist()}" for n, v in self.model.items())

    def page(self, text: str) -> str:
        """The values that a text gives."""
        return _page(self._values(text, "auto"))

    def like(self, text: str) -> Example:
        """An answer is like a mistake where it is the same numbers: what fails alike may fail for another reason."""
        try:
            values = self._values(text, "auto")
        except (Unreadable, Refused, Clash) as error:
            raise ValueError(f"{text!r} cannot be read: {error}") from error
        return replace(self, fails=self._failed(values), same=values)

    def judge(self, answer: Typed) -> Verdict:
        """Which checks hold."""
        try:
            values = self._values(*text_of(answer))
        except Unreadable as error:
            return message("unreadable", error.message, error.position)
        except Refused as error:
            return message("refused", error.message)
        except Clash as error:
            return message("unreadable", str(error))
        if self.same is not None and not all(np.allclose(v, values[n]) for n, v in self.same.items()):
            return Verdict("different", {"kind": "checks", "message": "These are other numbers."}, _page(values))
        margins = self._margins(values)
        failed = self._failed(values)
        if not any(failed) and any(abs(m) < MARGIN or not np.isfinite(m) for m in margins):
            return replace(
                message("undecided", "This is too close to the border to be decided."), reading=_page(values)
            )
        if failed == self.fails or not any((*failed, *self.fails)):
            return Verdict("equal", {"kind": "proved", "by": "every check", "margins": margins}, _page(values))
        said = [sentence for (sentence, _), fails in zip(self.checks, failed, strict=True) if fails]
        return Verdict(
            "different",
            {"kind": "checks", "message": f"Not yet: {'; '.join(said)}.", "margins": margins},
            _page(values),
        )

    def slip(self, text: str, syntax: str = "auto") -> Showing | None:
        """What would make the values do what is asked: a sign, a transpose, one value in place of another, a root."""
        values = self._values(text, syntax)
        return next((slip for slip, other in _changed(values) if self._does(other)), None)

    def _does(self, values: Mapping[str, Any]) -> bool:
        return all(m > MARGIN for m in self._margins(values))

    def _failed(self, values: Mapping[str, Any]) -> tuple[bool, ...]:
        return tuple(bool(np.isfinite(m)) and m <= -MARGIN for m in self._margins(values))

    def _margins(self, values: Mapping[str, Any]) -> list[float]:
        """How clearly each check holds; no finite number where a value is too large for it."""
        with np.errstate(all="ignore"):
            return [float(check(**values)) for _, check in self.checks]

    def _values(self, text: str, syntax: str) -> dict[str, Any]:
        """The values by name, in their shapes.

        Raises:
            Unreadable: one is missing, or has another shape.
        """
        text = REMARK.sub("", text)
        plain = {n.replace("_", ""): n for n in self.names}
        if len(plain) == 1 and not re.search(r"[=:]", text):
            text = f"{next(iter(plain))} = {text}"
        found = labelled(text, _label(plain), syntax)
        missing = [n for p, n in plain.items() if p not in found]
        if missing:
            given = "; ".join(f"{n} = …" for n in self.names)
            raise Unreadable(f"Write {given}: there is no {named(missing)} yet.", 0)
        for p, n in plain.items():
            flat = len(self.names[n]) != 2 or 1 in self.names[n]  # a single row or column may be typed as a list
            if np.size(found[p]) != np.prod(self.names[n]) or not (flat or np.shape(found[p]) == self.names[n]):
                raise Unreadable(f"{n} is to have the shape {'×'.join(map(str, self.names[n]))}.", 0)
        return {p: np.reshape(found[p], self.names[n]) for p, n in plain.items()}


def _changed(values: Mapping[str, Any]) -> Iterator[tuple[Showing, dict[str, Any]]]:
    """A misconception, and the values that they would be without."""
    for name, v in values.items():
        yield Showing("sign", name), {**values, name: -v}
        if np.ndim(v) == 2 and v.shape[0] == v.shape[1]:
            yield Showing("missing-transpose", name), {**values, name: v.T}
        with np.errstate(all="ignore"):
            root, upside = np.sqrt(np.abs(v)), 1 / v
        yield Showing("missing-root", name), {**values, name: np.sign(v) * root}
        yield Showing("squared-for-plain", name), {**values, name: v * v}
        if np.isfinite(upside).all():
            yield Showing("reciprocal", name), {**values, name: upside}
    if len(values) > 1:
        yield Showing("sign", "all"), {n: -v for n, v in values.items()}
    for a, b in combinations(values, 2):
        if np.shape(values[a]) == np.shape(values[b]):
            yield Showing("index-swapped", f"{a} and {b}"), {**values, a: values[b], b: values[a]}


def _label(names: Mapping[str, str]) -> re.Pattern[str]:
    one = "|".join(f"{re.escape(n[0])}(?=_?{{?{n[1:]}}}?\\s*[:=])" for n in names)
    return re.compile(rf"(?<![A-Za-z\\])({one})\s*_?\s*\{{?(\d*)\}}?\s*(?::=|=|:)")


def _page(values: Mapping[str, Any]) -> str:
    def matrix(v: Any) -> str:
        rows = [[x] for x in v] if np.ndim(v) == 1 else np.atleast_2d(v)
        return r" \\ ".join(" & ".join(f"{float(x):g}" for x in row) for row in rows)

    named = ((re.sub(r"(\d+)$", r"_\1", n.replace("_", "")), matrix(v)) for n, v in values.items())
    return r", \quad ".join(rf"{n} = \begin{{bmatrix}} {v} \end{{bmatrix}}" for n, v in named)
