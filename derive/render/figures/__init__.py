"""Pictures of derivations, drawn from their own programs, relations and numbers; which ones depends on what they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from derive.bank.problem import Variant
from derive.derivations.base import Derivation
from derive.render.figures import curves, field, graph, memory, paths, states, window
from derive.render.figures.plot import can_plot
from derive.render.shown import DerivationView, Figure, PageView
from derive.render.views import view

__all__ = ["Figure", "can_plot", "figures", "has_figures", "illustrated", "pictured"]

Maker = Callable[[Derivation, Mapping[str, Any]], "Figure | None"]
# Each draws a derivation with a variant's numbers (none for the derivation itself), or says that it is not its kind.
DRAWN: tuple[Maker, ...] = (graph.computation, window.sliding, field.growing)
PLOTTED: tuple[Maker, ...] = (
    curves.activation,
    curves.shrinkage,
    curves.discriminator,
    paths.descent,
    memory.energy,
    states.gradients,
)


def figures(subject: Derivation | Variant, *, plots: bool = True) -> tuple[Figure, ...]:
    """The pictures of a derivation, or of a variant's working with the variant's numbers; no picture twice.

    Args:
        subject: what is drawn.
        plots: whether to draw curves, which needs matplotlib; graphs and windows need nothing.

    Raises:
        NotInstalled: a curve is due, and the extra ``plots`` is missing.

    >>> from derive.derivations.catalogue import catalogue
    >>> [f.name for f in figures(catalogue()["conv1d-filter-gradient"])]
    ['conv1d-filter-gradient-window']
    """
    values = subject.values if isinstance(subject, Variant) else {}
    derivations = subject.working if isinstance(subject, Variant) else (subject,)
    found = {f.svg: f for d in derivations for f in _drawn(d, values, plots)}
    return tuple({(f.title, f.description): f for f in found.values()}.values())


def illustrated(page: PageView, variant: Variant, *, plots: bool = True) -> PageView:
    """A worked solution's view with the pictures of each derivation; arguments and errors as for `figures`."""
    found = figures(variant, plots=plots)
    derivations = tuple(
        replace(d, figures=tuple(f for f in found if f.name.rpartition("-")[0] == d.name)) for d in page.derivations
    )
    return replace(page, derivations=derivations)


def pictured(derivation: Derivation, *, plots: bool = True) -> DerivationView:
    """A derivation's view with its pictures; arguments and errors as for `figures`."""
    return replace(view(derivation), figures=figures(derivation, plots=plots))


def has_figures(derivation: Derivation) -> bool:
    """Whether a derivation has a picture that needs no extra."""
    return bool(figures(derivation, plots=False))


def _drawn(derivation: Derivation, values: Mapping[str, Any], plots: bool) -> Iterator[Figure]:
    for make in (*DRAWN, *(PLOTTED if plots else ())):
        if (figure := make(derivation, values)) is not None:
            yield figure
