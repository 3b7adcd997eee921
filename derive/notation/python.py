"""Reading Python, NumPy and SymPy expressions through the standard library's parser; nothing is executed."""

from __future__ import annotations

import ast
import re
import warnings

from derive.notation.declare import Declarations
from derive.notation.errors import MAX_NESTING, Refused, Unreadable, too_deep, within_budget
from derive.notation.latex import MAX_DEPTH, room_for_nesting
from derive.notation.python_nodes import Reader
from derive.notation.tree import Builtin, Call, Node
from derive.notation.walk import depth, walk
from derive.notation.words import words

MAX_SIGNS = 1_500
_SIGN = re.compile(r"\*\*|//|[-+*/@%.~<>=&|^:,\[({]|\b(?:not|and|or|if|else|for|in|is|lambda|await|yield)\b")
_LITERAL = re.compile(r"(?<![A-Za-z_0-9.])[0-9][0-9_]{300,}|(?<![A-Za-z_0-9.])[0-9][0-9_.]*[eE][-+]?[0-9]{4,}")
_OF_ARRAYS = re.compile(r"\bnp\.|\bnumpy\.|@|\[[^\]]*:[^\]]*\]|[\w)\]]\.\w+\(|\bfor\b")
_CODE = re.compile(r"\b(?:np|numpy|torch|math|F|nn)\.[A-Za-z]|@|\w\.T\b|[\w)\]]\.[A-Za-z]\w*\(|\[.+\bfor\b.+\bin\b")
_OVER_AXES = frozenset(words("sum mean prod std var softmax log_softmax logsumexp cumsum cumprod"))
_OPENING, _CLOSING = "([{", ")]}"
_PARTNER = dict(zip(_CLOSING, _OPENING, strict=True))
_OPERATORS = {"−": "-", "×": "*", "·": "*", "≤": "<=", "≥": ">=", "≠": "!="}


def read_python(text: str, symbols: Declarations | None = None) -> Node:
    """The tree of a Python expression.

    >>> read_python("A.T @ x").ops
    ('@',)

    Raises:
        Unreadable: with a sentence and a position.
        Refused: over the budget.
    """
    within_budget(text)
    _check(text)
    with room_for_nesting():
        source, origin = _source(text)
        node = Reader(source, origin, symbols or Declarations()).expression(_parsed(source, origin))
    if len(text) > MAX_DEPTH and depth(node) > MAX_DEPTH:
        raise too_deep()
    return node


def is_numpy(text: str, node: Node) -> bool:
    """Whether Python, of which ``node`` is the tree, speaks of whole arrays as NumPy does: their shapes then broadcast.

    >>> [is_numpy(t, read_python(t)) for t in ("G - mean(G, axis=0)", "(G*P).sum(1)", "G - mean(G)")]
    [True, True, False]
    """
    calls = (n for n in walk(node) if isinstance(n, Call) and (len(n.args) > 1 or n.keywords))
    along = any(isinstance(c.function, Builtin) and c.function.name in _OVER_AXES for c in calls)
    return along or _OF_ARRAYS.search(text) is not None


def is_code(text: str) -> bool:
    """Whether a text can hardly be anything but Python, though it may not be read.

    >>> [is_code(t) for t in ("W.T@x", "np.foo(W)", "[x[i] for i in range(n)]", "x.", "2 for x > 3")]
    [True, True, True, False, False]
    """
    return "\\" not in text and _CODE.search(text) is not None


def _check(text: str) -> None:
    """Refuse what would cost memory or stack before the text is parsed at all."""
    if not text.strip():
        raise Unreadable("There is nothing to read here.", 0)
    broken = next((i for i, c in enumerate(text) if not (c.isprintable() or c in "\t\n ")), None)
    if broken is not None:
        raise Unreadable("There is an invisible or broken character here; please type this part again.", broken)
    _check_brackets(text)
    if sum(1 for _ in _SIGN.finditer(text)) > MAX_SIGNS:
        raise Refused(f"This expression has more than {MAX_SIGNS} signs; an answer is shorter.")
    if _LITERAL.search(text):
        raise Refused("A number here is too long to be part of an answer.")


def _check_brackets(text: str) -> None:
    """Say which bracket has no partner; refuse nesting over the budget."""
    waiting: list[int] = []
    for at, character in enumerate(text):
        if character in _OPENING:
            waiting.append(at)
            if len(waiting) > MAX_NESTING:
                raise too_deep()
        elif character in _CLOSING:
            if not waiting:
                raise Unreadable("This closing bracket has no opening bracket.", at)
            if text[waiting.pop()] != _PARTNER[character]:
                raise Unreadable("This bracket closes another kind of bracket.", at)
    if waiting:
        raise Unreadable("The bracket opened here is never closed.", waiting[-1])


def _source(text: str) -> tuple[str, list[int]]:
    """The text as Python writes it, in one line, and where each of its characters comes from."""
    pieces = [(i, " " if c.isspace() else _OPERATORS.get(c, c)) for i, c in enumerate(text)]
    first, end = len(text) - len(text.lstrip()), len(text.rstrip())
    source = "".join(piece for _, piece in pieces[first:end])
    return source, [i for i, piece in pieces[first:end] for _ in piece] + [end]


def _parsed(source: str, origin: list[int]) -> ast.expr:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _expression(ast.parse(source, mode="exec"), source)
    except SyntaxError as error:
        position = origin[min(max((error.offset or 1) - 1, 0), len(source) - 1)]
        raise Unreadable("This is not a Python expression from here on.", position) from None
    except ValueError:
        raise Unreadable("This is not a Python expression.", 0) from None


def _expression(module: ast.Module, source: str) -> ast.expr:
    """The one expression; an assignment keeps its left side as a relation."""
    if len(module.body) != 1:
        raise Unreadable("Please give one expression.", 0)
    statement = module.body[0]
    if isinstance(statement, ast.Expr):
        return statement.value
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        left = statement.targets[0]
        return ast.copy_location(ast.Compare(left, [ast.Eq()], [statement.value]), statement.value)
    raise Unreadable("Please give an expression; statements are not read.", 0)
