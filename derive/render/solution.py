"""Pages: worked solutions of variants, and derivations, in Markdown, LaTeX or plain text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import jinja2

from derive.bank.banks import content
from derive.bank.kinds import Kind
from derive.bank.problem import AskedPart, Problem, Variant
from derive.calculus.expr import Expr
from derive.calculus.substitute import names
from derive.calculus.trace import Line
from derive.derivations.base import Derivation, Symbol, axis_size
from derive.notation.index_latex import scope
from derive.notation.matrix_relation import matrix_relation
from derive.notation.relation_latex import range_latex, relation_latex
from derive.notation.style import Style
from derive.render.plain import plain, plain_text
from derive.render.record import evidence

SUFFIXES = {"md": "md", "markdown": "md", "text": "txt", "txt": "txt", "latex": "tex", "tex": "tex"}


@dataclass(frozen=True, slots=True)
class StepView:
    """One line of a derivation, as a page shows it."""

    rule: str
    sentence: str
    condition: str
    latex: str
    ranges: str
    statement: str


@dataclass(frozen=True, slots=True)
class DerivationView:
    """A derivation, as a page shows it."""

    name: str
    title: str
    statement: str
    symbols: list[tuple[str, str, str]]
    steps: list[StepView]
    result: str
    matrix: str
    assumptions: tuple[str, ...]
    evidence: str
    source: str


@dataclass(frozen=True, slots=True)
class PartView:
    """A part with its answer."""

    name: str
    ask: str
    marks: int
    answer: str
    how: str
    mistakes: list[tuple[str, str]]


def solution(variant: Variant, form: str = "md") -> str:
    """The worked solution of a variant.

    Args:
        variant: a problem with its numbers.
        form: ``md``, ``latex`` or ``text``.

    Raises:
        KeyError: the form is unknown.
    """
    suffix = SUFFIXES[form]
    page = {
        "title": variant.problem.title,
        "statement": variant.statement,
        "source": variant.problem.source,
        "marks": variant.problem.marks,
        "derivations": [view(d) for d in variant.working],
        "parts": [_part(p) for p in variant.parts.values()],
        "name": variant.problem.name,
        "seed": variant.seed,
    }
    return rendered(f"solution.{suffix}.j2", page)


def derivation_page(derivation: Derivation, form: str = "text") -> str:
    """A derivation with its lines."""
    return rendered(f"derivation.{SUFFIXES[form]}.j2", {"d": view(derivation)})


def index_page(problems: Mapping[str, Problem]) -> str:
    """The table of the worked solutions."""
    return rendered("index.md.j2", {"problems": list(problems.values())})


@cache
def _templates() -> jinja2.Environment:
    found = jinja2.Environment(
        loader=jinja2.FileSystemLoader(content("templates")),
        variable_start_string="<<",
        variable_end_string=">>",
        block_start_string="<%",
        block_end_string="%>",
        comment_start_string="<#",
        comment_end_string="#>",
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
        keep_trailing_newline=True,
    )
    found.filters |= {"plain": plain, "plain_text": plain_text, "tex": tex, "github": github}
    return found


def rendered(template: str, page: Mapping[str, Any]) -> str:
    """A page from a template, without runs of empty lines."""
    return re.sub(r"\n{3,}", "\n\n", filled(template, page)).strip() + "\n"


def filled(template: str, page: Mapping[str, Any]) -> str:
    """A template with what goes into it."""
    return _templates().get_template(template).render(**page)


def view(derivation: Derivation) -> DerivationView:
    """What a page shows of a derivation."""
    page = derivation.page
    return DerivationView(
        derivation.name,
        derivation.title,
        derivation.statement,
        [_symbol(n, s, page.hidden.get(n, frozenset())) for n, s in derivation.symbols.items() if s.meaning],
        [_step(line, derivation) for line in derivation.lines],
        relation_latex(derivation.result, page),
        matrix_result(derivation),
        derivation.assumptions,
        evidence(derivation.name),
        derivation.source,
    )


def matrix_result(derivation: Derivation) -> str:
    """The result in matrix notation, for a terminal; empty where it has none, or is about numbers only."""
    result, page = derivation.result, derivation.page
    shapes = {n: tuple(map(axis_size, s.shape)) for n, s in derivation.symbols.items() if n not in page.continuous}
    read = {n for s in result.sides if isinstance(s, Expr) for n in names(s)}
    if not any(shapes.get(n.removesuffix("_bar")) for n in read):
        return ""
    style = Style(names={n: plain(x) for n, x in page.names.items()}, loss=page.loss)
    return matrix_relation(result, shapes, style) or ""


def _step(line: Line, derivation: Derivation) -> StepView:
    relation, page = line.relation, derivation.page
    letters = scope(relation.left, page, relation.frame)
    shown = [b for b in relation.frame if not any(x.name in page.continua for x in b.high.letters)]
    tables = any(not hasattr(s, "terms") for s in relation.sides)
    ranges = "" if tables else ", ".join(range_latex(b, letters) for b in shown)
    rule = line.rule
    return StepView(rule.name, rule.sentence, rule.condition, relation_latex(relation, page), ranges, rule.statement)


def _symbol(name: str, symbol: Symbol, hidden: frozenset[int]) -> tuple[str, str, str]:
    """LaTeX, shape and meaning; the page does not show the axes over outcomes."""
    sizes = r" \times ".join(str(a).replace("-", " - ") for k, a in enumerate(symbol.shape) if k not in hidden)
    ranged = any(".." in str(a) for a in symbol.shape)
    shape = rf"\in \mathbb{{R}}^{{{sizes}}}" if sizes and not ranged else ""
    return symbol.latex or name, shape, symbol.meaning


def _part(part: AskedPart) -> PartView:
    mistakes = [(_typed(part.answer.page(m.answer)), m.say) for m in part.mistakes]
    return PartView(part.name, part.ask, part.marks, part.answer.show(), _how(part.answer), mistakes)


def _typed(text: str) -> str:
    """What a student typed, as a formula where it is one."""
    words = re.fullmatch(r"[A-Za-z][a-z]+([ -][a-z]+)+", text)
    return rf"\text{{{text}}}" if words else re.sub(r"^\{(.*)\}$", r"\\{\1\\}", text)


def _how(kind: Kind) -> str:
    """Where an answer comes from: a sentence, and the working of its own that a kind has."""
    return "\n\n".join(t for t in (_source(kind), kind.worked) if t)


def _source(kind: Kind) -> str:
    if kind.derivation is None:
        return ""
    numbers = ", ".join(f"${k} = {v}$" for k, v in kind.given.items() if isinstance(v, int))
    text = f"This is the result of “{kind.derivation.title}”"
    return f"{text}, with {numbers}." if numbers else f"{text}."


def github(text: str) -> str:
    """Markdown with display formulas in ``math`` fences, which GitHub passes on unchanged."""
    return re.sub(r"\$\$(.+?)\$\$", lambda m: f"\n```math\n{m.group(1).strip()}\n```\n", text, flags=re.DOTALL)


def tex(text: str) -> str:
    """Markdown text for LaTeX: display formulas, emphasis, quotes; formulas stay as they are."""
    text = re.sub(r"\$\$(.+?)\$\$", lambda m: "\n\\[" + m.group(1).strip() + "\\]\n", text, flags=re.DOTALL)
    pieces = re.split(r"(\$.+?\$|\\\[.+?\\\])", text, flags=re.DOTALL)
    return "".join(p if p.startswith(("$", "\\[")) else _prose(p) for p in pieces)


_PROSE = {"&": r"\&", "%": r"\%", "#": r"\#", "“": "``", "”": "''", "–": "--", "−": "$-$", "≤": r"$\le$", "≥": r"$\ge$",
          "∞": r"$\infty$", "ρ": r"$\rho$", "η": r"$\eta$", "τ": r"$\tau$", "Σ": r"$\Sigma$", "·": r"$\cdot$", "…": r"\dots{}",
          "∂": r"$\partial$", "₀": r"$_0$", "⁻": r"$^{-}$", "σ": r"$\sigma$", "²": r"$^2$", "✓": r"$\checkmark$",
          "₁": r"$_1$", "₂": r"$_2$", "₃": r"$_3$", "ᵀ": r"$^\top$", "^": r"\^{}", "_": r"\_"}  # fmt: skip


def _prose(text: str) -> str:
    text = re.sub(r"10(⁻?)([⁰¹²³⁴⁵⁶⁷⁸⁹]+)", _exponent, text)
    text = "".join(c if c in "$" else _PROSE.get(c, c) if not text.startswith("$10^") else c for c in text)
    return re.sub(r"\*\*(.+?)\*\*", r"\\textbf{\1}", re.sub(r"(?<!\*)\*([^*]+)\*(?!\*)", r"\\emph{\1}", text))


def _exponent(m: re.Match[str]) -> str:
    digits = m.group(2).translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789"))
    return f"ten to the power {'minus ' if m.group(1) else ''}{digits}"
