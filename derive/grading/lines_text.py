"""A line of working as typed: statements, with prose, arrows and alignment taken away and positions kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from derive.grading.lines_remarks import without_remarks

_TOKEN = re.compile(r"\\[A-Za-z]+\*?|\\.|[{}]|\s+|.", re.DOTALL)
_NOISE = re.compile(r"\\(?:nonumber|notag|hfill|displaystyle|textstyle|allowbreak|noindent|par)(?![A-Za-z])")
_NOTES = re.compile(r"\\(?:label|tag\*?|eqref|ref|cite|footnote)\s*\{[^{}]*\}|\\l?eqno\s*(?:\([^()]*\)|\{[^{}]*\}|\d+)")
_ASIDE = re.compile(r"[(\[]\s*\\(?:text|textrm|textit|mbox|mathrm|textbf)\s*\{[^{}]*\}\s*[)\]]")
_FORALL = re.compile(r"[,;]?\s*\\forall\b.*$")
_PROSE = frozenset({r"\text", r"\textrm", r"\textit", r"\textbf", r"\mbox", r"\hbox", r"\intertext"})
_ARROWS = frozenset(
    rf"\{w}"
    for w in [
        "Rightarrow",
        "Longrightarrow",
        "implies",
        "therefore",
        "iff",
        "Leftrightarrow",
        "Longleftrightarrow",
        "because",
        "since",
        "leadsto",
    ]
)
_PLAIN = re.compile(
    r"(?<![A-Za-z\\_^])(?:hence|thus|therefore|where|with|let|since|because|and|then|we (?:have|get|find|obtain)|gives|"
    r"implies|using|note that|recall(?: that)?|if|so|by|now|for all|setting|set|denote|define|which|is|that|finally|"
    r"similarly|also|it follows(?: that)?)(?=[\s:,]|$|\\)",
    re.IGNORECASE,
)
_GREEK = "alpha|beta|gamma|delta|epsilon|eta|theta|lambda|mu|nu|xi|pi|rho|sigma|tau|phi|psi|omega"
_NOUNS = "max|min|sum|prod|product|sigmoid|softmax|relu|sign|var|cov|mean|trace"  # of functions, too, before a formula
_CALLED = "a?sin|a?cos|tan|sinh|cosh|tanh|exp|log|ln|arg|det|tr|diag|sqrt|if|else|otherwise"
_WORDS = re.compile(  # of a sentence; what stands before a sign, or names a function, is none of them
    rf"(?:(?!(?:{_GREEK}|{_CALLED})\b(?!-)|(?:{_NOUNS})\b(?!-|\s+(?!{_CALLED})[a-z]{{2,}}\b))"
    r"[A-Za-z][a-z]+(?:-[a-z]+)*'?(?![\w'^({\[/*+=-])(?:\s+a(?=\s+[a-z]{2,}\s))?(?:\s+|(?=[,:.])|$))+"
    r"(?:,\s*(?:so|and|then|thus|hence|therefore)\b)?(?!\s*[-=<>≤≥≈+*/^_)])"
)
_ROLES = (
    (
        "set",
        (
            "zero",
            "stationary",
            "stationarity",
            "optimum",
            "optimal",
            "vanish",
            "vanishes",
            "maximum",
            "minimum",
        ),
    ),
    ("wanted", ("want", "wanted", "require", "required", "requiring", "demand", "must", "need", "impose")),
    ("constraint", ("constraint", "constraints", "constrained", "subject", "feasible", "feasibility")),
    (
        "where",
        (
            "where",
            "with",
            "let",
            "choose",
            "choosing",
            "pick",
            "define",
            "defining",
            "denote",
            "put",
            "writing",
            "write",
            "set",
            "setting",
        ),
    ),
    ("since", ("since", "because", "as", "using", "use", "by", "recall", "note", "from")),
    ("condition", ("if", "iff", "for", "when", "whenever", "unless", "provided", "at")),
)
_RANGES = re.compile(
    r"(?:\\q?quad|\\[,;: ]|~|[,;])\s*\(((?:[^()]|\([^()]*\))*?(?:\\leq?|\\geq?|<|>|\\neq?|\\in)(?![a-z])"
    r"(?:[^()]|\([^()]*\))*)\)[\s.,;]*$"
)
_MATH = re.compile(r"\$([^$]*)\$|\\\((.*?)\\\)")
_WORD = re.compile(r"[A-Za-z]+")
_ABOUT = re.compile(r"(?<!equal )\b(?:by|respect to|wrt|over|of|any [a-z]+|every [a-z]+)[\s:~]*\}?$", re.IGNORECASE)
_SAID = re.compile(  # of what stands before: it is spoken of, and nothing is claimed of it
    r"(?:\\(?:text|textrm|mbox)\s*\{)?\s*(?:is|are|has|have|does|cancels?|vanish(?:es)?|drops?|commutes?)\b"
)
_AND = re.compile(r"\\text(?:rm)?\s*\{\s*and\s*\}|and", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Statement:
    """One formula of a line: its text, blanks before it so that offsets are the line's, and what the prose calls it.

    ``role`` is ``line``, ``implies``, ``where``, ``since``, ``set``, ``wanted``, ``constraint``,
    ``condition``, or ``about`` where the words need the formula to end, or say something of it.
    """

    text: str
    role: str = "line"


def statements(line: str) -> list[Statement]:
    r"""The statements of a line, in order.

    >>> [(s.text.strip(), s.role) for s in statements(r"\text{Hence } a &= b, \quad \text{where } b = c \\")]
    [('a  = b', 'implies'), ('b = c', 'where')]
    """
    text = aligned(line)
    for pattern in (_NOTES, _ASIDE, _NOISE, _FORALL):
        text = pattern.sub(lambda m: " " * len(m[0]), text)
    text = without_remarks(text)
    ranges = _RANGES.search(text)
    last = [] if ranges is None else [_statement(text, *ranges.span(1), "condition")]
    text = text if ranges is None else text[: ranges.start()] + " " * (len(text) - ranges.start())
    found, role, start = [], "line", 0
    cuts = list(_cuts(text))
    for k, (kind, begin, end) in enumerate(cuts):
        more = kind == "prose" and role != "condition" and any(map(str.isalnum, text[end:]))
        spoken = more and _SAID.match(text, begin, end)
        found.append(_statement(text, start, begin, "about" if spoken else role))
        new = "implies" if kind == "arrow" else role_of(text[begin:end])
        later = role_of(text[slice(*cuts[k + 1][1:])]) if k + 1 < len(cuts) else "line"
        if _AND.fullmatch(text[begin:end]) and later != "condition":
            new = role
        elif _ABOUT.search(text[begin:end]) and k + 1 < len(cuts):
            new = "about" if new in ("line", "implies", "since", "where") else new
        inner = _MATH.search(text, begin, end) if kind == "prose" else None
        if inner is not None:
            group = 1 if inner[1] is not None else 2
            found.append(_statement(text, inner.start(group), inner.end(group), new))
            new = role_of(text[inner.end() : end])
        role, start = new, end
    found += [_statement(text, start, len(text), role), *last]
    return [s for s in found if s is not None]


def _trimmed(body: str) -> str:
    """The text without the stops and the spaces, typed in whatever way, at its end."""
    while True:
        short = body.rstrip(" \t\n,;:.")
        short = short[:-1] if short != body and short.endswith("\\") else short
        short = short.removesuffix(r"\quad").removesuffix(r"\qquad")
        if short == body:
            return body
        body = short


def _statement(text: str, start: int, end: int, role: str) -> Statement | None:
    body = _trimmed(text[start:end])
    if not any(c.isalnum() for c in body):
        return None
    lead = len(body) - len(body.lstrip(" \t\n,;:."))
    return Statement(" " * (start + lead) + body[lead:], role)


def _cuts(text: str) -> Iterator[tuple[str, int, int]]:
    """Where prose and arrows stand outside braces and environments; ampersands and row ends are cut as well."""
    depth, at, tokens = 0, 0, list(_TOKEN.finditer(text))
    skip = 0
    for k, token in enumerate(tokens):
        word = token[0]
        if token.start() < skip:
            continue
        if word in ("{", r"\begin", r"\left"):
            depth += 1
        elif word in ("}", r"\end", r"\right"):
            depth -= 1
        elif depth == 0 and word in _PROSE:
            skip = _closing(tokens, k)
            yield "prose", token.start(), skip
        elif depth == 0 and word == ":" and text[token.end() : token.end() + 1] in (" ", "\\", ""):
            yield "prose", token.start(), token.end()
        elif depth == 0 and word in _ARROWS:
            yield "arrow", token.start(), token.end()
        elif depth == 0 and (at == token.start() or text[token.start() - 1] in " ,;:.}") and (m := _bare(text, token)):
            skip = m
            yield "prose", token.start(), skip
        if word.strip():
            at = -1


def _bare(text: str, token: re.Match[str]) -> int | None:
    """The end of the plain words that start here; two letters are words only where the line begins with them."""
    begins = text[: token.start()].rstrip()[-1:] in ("", ",", ";", ":", ".")
    if begins and (words := _WORDS.match(text, token.start())) and _is_prose(words[0]):
        return words.end()
    found = _PLAIN.match(text, token.start())
    if found is None or (len(found[0]) < 3 and text[: token.start()].strip()):
        return None
    more = _WORDS.match(text, found.end() + len(text[found.end() :]) - len(text[found.end() :].lstrip()))
    return more.end() if more and _is_prose(more[0]) else found.end()


def _is_prose(text: str) -> bool:
    """Whether words are more than a product of short names."""
    words = text.split()
    return len(words) > 1 and any(len(w) > 2 for w in words)


def _closing(tokens: list[re.Match[str]], k: int) -> int:
    depth = 0
    for token in tokens[k + 1 :]:
        depth += (token[0] == "{") - (token[0] == "}")
        if depth == 0 and token[0].strip():
            return token.end()
    return tokens[-1].end()


def split_equals(text: str) -> list[str]:
    r"""The sides of a chain: the text cut at every ``=`` outside braces and brackets.

    >>> split_equals(r"a = \sum_{i=1} b = c")
    ['a ', ' \\sum_{i=1} b ', ' c']
    """
    sides, depth = [""], 0
    for k, c in enumerate(text):
        depth += (c in "{([") - (c in "})]")
        if c == "=" and depth <= 0 and text[k - 1 : k] not in ("<", ">", "!"):
            sides[-1] = sides[-1].removesuffix(":")
            sides.append("")
        else:
            sides[-1] += c
    return sides


def role_of(prose: str) -> str:
    """What the words say about the formula after them.

    >>> role_of("setting the gradient to zero"), role_of("where"), role_of("hence")
    ('set', 'where', 'implies')
    """
    words = [w.lower() for w in _WORD.findall(_MATH.sub("", prose))]
    for role, known in _ROLES:
        if any(w in known for w in words):
            return role
    return "implies" if words else "line"


def aligned(text: str) -> str:
    r"""The text with alignment marks outside environments blanked out.

    >>> aligned(r"a &= b \\")
    'a  = b   '
    """
    out, depth = [], 0
    for token in _TOKEN.finditer(text):
        word = token[0]
        depth += (word == r"\begin") - (word == r"\end")
        out.append(" " * len(word) if depth == 0 and word in ("&", r"\\") else word)
    return "".join(out)
