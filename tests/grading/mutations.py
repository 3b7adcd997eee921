"""Broken answers: the texts of the data files with tokens deleted, doubled, swapped, or hostile pieces put in."""

# ruff: noqa: E501

import json
import re
from collections.abc import Iterator
from pathlib import Path
from random import Random

DATA = Path(__file__).parents[1] / "data"
SYNTAXES = ("latex", "python", "text", "auto")
TOKEN = re.compile(r"\\[A-Za-z]+\s?|\\.|[A-Za-z_]{2,}|[0-9.]+|\*\*|//|[<>=!:]=|\s+|.", re.DOTALL)
PIECES = (
    *"xWijnke012+-*/^_=<>,.;:!|'()[]{}& $\"@%~#",
    "**", "//", "==", "\\\\", "\\,", "\\|", "\\{", "\\}", "\\frac", "\\sum", "\\sum_i", "\\sum_{i=1}^{n}", "\\prod_{j\\ne i}", "\\max_k", "\\left(", "\\right)", "\\left|",
    "\\right|", "\\left.", "\\partial", "\\nabla", "\\nabla_x", "\\frac{\\partial L}{\\partial x}", "\\frac{d}{dx}", "\\hat", "\\mathbf", "\\mathbb{1}", "\\mathbf{1}", "\\text{if}",
    "\\begin{cases}", "\\end{cases}", "\\begin{bmatrix}1 & 2\\\\3 & x\\end{bmatrix}", "\\sqrt", "\\sqrt[3]", "\\log", "\\log_2", "\\exp", "\\sigma'", "f''", "^\\top", "^{-1}", "^T", "'", "''", "!",
    "\\operatorname{tr}", "\\operatorname{diag}", "\\operatorname{softmax}", "\\det", "\\lfloor", "\\rfloor", "\\binom", "\\binom{n}{k}", "\\infty", "\\dots", "\\cdot", "\\odot", "\\otimes",
    "\\in", "\\cup", "\\{1,2\\}", "(0,1]", "\\mathbb{R}", "\\emptyset", "\\ne", "\\le", "\\wedge", "\\neg", "\\implies", "\\approx", "\\to", "\\bmod", "_{i,j}", "_{i-1}", "_{12}", "_{:}", "^{99}",
    "10^{9}", "10**9", "1e5", "1e-300", "0.1", "np.", "np.sum(", ".T", ".sum(axis=0)", ".reshape(-1)", "[None]", "[::2]", "[:, 0]", "[-1]", "for i in range(n)", "sum(x[i] for i in range(n))",
    " if x > 0 else ", "lambda x: x", "np.eye(3)", "np.where(x>0,1,0)", "np.einsum('ij,j->i', W, x)", "Sum(x, (i, 1, n))", "Matrix([[1, 2]])", "Piecewise((x, x>0), (0, True))", "factorial(",
    "binomial(", "Derivative(x, x)", "True", "None", "not ", " and ", " in ", "σ", "Σ", "∂", "²", "ᵀ", "√", "−", "≤", "∞", "∑_i", "·", "\u200b", "\ud800", "\u202e", "\x00", "\u0430", "é", "𝒙",
)  # fmt: skip


def requests() -> list[dict]:
    """Every request that the data files hold, its answer a text to be broken."""
    found = [json.loads(line) for line in (DATA / "compare.jsonl").read_text(encoding="utf-8").splitlines()]
    for line in (DATA / "mathlive_meanings.jsonl").read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        found.append({"answer": case["latex"], **{k: v for k, v in case.items() if k != "latex"}})
    for line in (DATA / "notation_strings.jsonl").read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        found.append({"answer": case["text"], "reference": "1", **{k: v for k, v in case.items() if k != "text"}})
    dropped = {"expected", "problem", "why", "kind"}
    return [{k: v for k, v in case.items() if k not in dropped} for case in found if "reference" in case]


def mutated(draw: Random, text: str, others: list[str]) -> str:
    """The text after one to four edits."""
    tokens = TOKEN.findall(text) or [""]
    for _ in range(draw.choice((1, 1, 1, 2, 2, 3, 4))):
        draw.choice(EDITS)(draw, tokens, others)
        tokens = tokens or [""]
    return "".join(tokens)[:2000]


def _span(draw: Random, tokens: list[str]) -> tuple[int, int]:
    start = draw.randrange(len(tokens))
    return start, min(len(tokens), start + draw.choice((1, 1, 1, 2, 3, 6)))


def _delete(draw: Random, tokens: list[str], others: list[str]) -> None:
    start, end = _span(draw, tokens)
    del tokens[start:end]


def _double(draw: Random, tokens: list[str], others: list[str]) -> None:
    start, end = _span(draw, tokens)
    tokens[start:start] = tokens[start:end] * draw.choice((1, 1, 1, 2, 5))


def _swap(draw: Random, tokens: list[str], others: list[str]) -> None:
    a, b = draw.randrange(len(tokens)), draw.randrange(len(tokens))
    tokens[a], tokens[b] = tokens[b], tokens[a]


def _insert(draw: Random, tokens: list[str], others: list[str]) -> None:
    tokens.insert(draw.randrange(len(tokens) + 1), draw.choice(PIECES))


def _replace(draw: Random, tokens: list[str], others: list[str]) -> None:
    start, end = _span(draw, tokens)
    tokens[start:end] = [draw.choice(PIECES)]


def _wrap(draw: Random, tokens: list[str], others: list[str]) -> None:
    start, end = _span(draw, tokens)
    before, after = draw.choice(
        (("(", ")"), ("{", "}"), ("\\left|", "\\right|"), ("_{", "}"), ("^{", "}"), ("[", "]"), ("|", "|"))
    )
    tokens[start:end] = [before, *tokens[start:end], after]


def _splice(draw: Random, tokens: list[str], others: list[str]) -> None:
    other = TOKEN.findall(draw.choice(others)) or [""]
    start, end = _span(draw, other)
    tokens[draw.randrange(len(tokens)) :] = other[start:] if draw.random() < 0.5 else other[start:end]


EDITS = (_delete, _double, _swap, _insert, _insert, _replace, _wrap, _splice)


def shorter(text: str) -> Iterator[str]:
    """The text with ever smaller pieces left out."""
    tokens = TOKEN.findall(text)
    size = max(1, len(tokens) // 2)
    while size:
        for start in range(0, len(tokens), size):
            yield "".join(tokens[:start] + tokens[start + size :])
        size //= 2


def faults(request: dict, verdict: dict) -> list[str]:
    """What is wrong with a verdict, whatever the answer was."""
    evidence = verdict["evidence"]
    said, at = evidence.get("message"), evidence.get("position")
    found = []
    if said is not None and "failed inside the grader" in said:
        found.append("an exception")
    if said is not None and not (said[:1].isupper() or said[:1] in "'\\") | said.endswith((".", "?")):
        found.append(f"no sentence: {said}")
    if at is not None and not 0 <= at <= len(request["answer"]):
        found.append(f"position {at} lies outside")
    if verdict["verdict"] in ("unreadable", "refused", "undecided") and not said:
        found.append("no message")
    return found
