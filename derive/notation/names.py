"""Names: declared ones by their longest spelling, functions, constants, unknown names as they are spelled."""

from __future__ import annotations

from derive.notation import functions as f
from derive.notation.apply import applied
from derive.notation.characters import VARIANTS
from derive.notation.declare import CONSTANTS
from derive.notation.errors import NotRead, Unreadable
from derive.notation.lexer import Token
from derive.notation.pratt import Parser
from derive.notation.spellings import scripts_apart
from derive.notation.tree import Builtin, Call, Constant, Logic, Name, Node, beta
from derive.notation.words import words

_SETS = {"R": "reals", "Z": "integers", "N": "naturals"}
_CALLED = frozenset(words("f g h F G L J u \\phi \\psi \\ell \\varphi"))
_LONGEST = 24
_SKIPPED_WORDS = frozenset({"where", "let", "with", "for", "when", "if", "so", "thus", "then", "hence", "since"})


def name(p: Parser) -> Node:
    """The name that starts here, applied to its argument if it is a function."""
    token = p.token
    if token.kind == "word" and token.text in _SKIPPED_WORDS:
        p.take()
        return p.expression(1) if p.depth == 1 else _stray(token)
    bound = _bound(p)
    if bound is not None:
        return bound
    function = _spelled_function(p)
    if function is not None:
        return applied(p, function, token.start)
    found = _joined(p) or p.declared.spellings.match(p.tokens, p.at)
    if token.text == "N" and token.font == "cal" and (found is None or "cal" not in p.declared.latex(found[0])):
        _no_density(p)
    if found is not None:
        return _declared(p, *found)
    return unknown(p)


def _no_density(p: Parser) -> None:
    r"""``\mathcal{N}(x; m, v)`` is no product of a size and a list; ``\mathcal{N}(i)`` may be a set of neighbours."""
    from derive.notation.brackets import inside

    at, start = p.at, p.token.start
    p.take()
    several = p.token.kind == "open" and p.token.text == "(" and len(inside(p)[1]) > 1
    p.at = at
    if several:
        raise NotRead(f.ADVICE.format("The density of a normal distribution"), start)


def _joined(p: Parser) -> tuple[str, int] | None:
    """``h_{t-1,j}`` or ``h_{tj}`` for entry j of a declared ``h_{t-1}``, ``h_t``, where only that name has as many indices."""
    split = scripts_apart(p.tokens, p.at)
    if split is None:
        return None
    tokens, whole, size, slots = split
    found, usual = (p.declared.spellings.match(t, at) for t, at in ((tokens, 0), (p.tokens, p.at)))
    rank = p.declared.rank(found[0]) if found is not None else None
    if found is None or found[1] != size or rank is None or rank not in slots:
        return None
    if usual is not None and p.declared.rank(usual[0]) == rank + 1:
        return None
    p.tokens[p.at : p.at + whole] = tokens
    return found[0], p.at + size


def _stray(token: Token) -> Node:
    raise Unreadable(f"The word '{token.text}' does not belong here.", token.start)


def _bound(p: Parser) -> Node | None:
    """A letter bound by a sum around it, which shadows every other meaning."""
    token = p.token
    if not p.bound or token.kind != "id":
        return None
    plain = plain_name(token)
    primes, at = "", p.at + 1
    while p.tokens[at].kind == "prime":
        primes, at = primes + "'" * int(p.tokens[at].text), at + 1
    if primes and plain + primes in p.bound:
        p.at = at
        return Name(plain + primes, token.text + primes, span=p.span_from(token.start))
    if plain in p.bound and not _spells_more(p):
        p.take()
        return Name(plain, token.text, span=(token.start, token.end))
    return None


def _spells_more(p: Parser) -> bool:
    found = p.declared.spellings.match(p.tokens, p.at)
    return found is not None and found[1] > p.at + 1


def plain_name(token: Token) -> str:
    """What an undeclared letter is called: Greek without its backslash, variants as their letter."""
    text = token.text.lstrip("\\")
    return VARIANTS.get(text, text)


def _declared(p: Parser, declared: str, end: int) -> Node:
    start, p.at = p.token.start, end
    node = Name(declared, p.declared.latex(declared), span=p.span_from(start))
    return applied(p, node, start) if p.declared.is_function(declared) else node


def _spelled_function(p: Parser) -> Builtin | None:
    """A function written as a word, or as letters that no declaration claims."""
    token = p.token
    if token.kind == "word":
        return _word_function(p, token)
    if token.kind != "id" or not token.text.isalpha() or p.following().kind != "id":
        return None
    if token.text + p.following().text not in f.BEGINNINGS:
        return None
    run, at = "", p.at
    while (
        at < p.at + _LONGEST
        and p.tokens[at].kind == "id"
        and p.tokens[at].text.isalpha()
        and (at == p.at or p.tokens[at].start == p.tokens[at - 1].end)
    ):
        run, at = run + p.tokens[at].text, at + 1
    if len(run) > 2 and p.tokens[at].kind == "open" and run in f.FUNCTIONS and not _all_known(p, len(run)):
        return _take_letters(p, run)
    for size in range(min(len(run), 11), 1, -1):
        if run[:size] in f.BARE and not _all_known(p, size):
            return _take_letters(p, run[:size])
    return None


def _take_letters(p: Parser, word: str) -> Builtin:
    start = p.token.start
    p.at += len(word)
    return Builtin(f.FUNCTIONS[word], span=p.span_from(start))


def _all_known(p: Parser, size: int) -> bool:
    """Whether every one of the next letters is a name of its own, or all of them spell a declared name."""
    found = p.declared.spellings.match(p.tokens, p.at)
    if found is not None and found[1] >= p.at + size:
        return True
    return all(letter_is_known(p, i) for i in range(p.at, p.at + size))


def letter_is_known(p: Parser, at: int) -> bool:
    """Whether the letter at ``at`` is declared, bound or a dimension."""
    return p.tokens[at].text in p.bound or p.declared.spellings.match(p.tokens, at) is not None


def _word_function(p: Parser, token: Token) -> Builtin | None:
    if token.text in f.UNREAD and p.declared.spellings.match(p.tokens, p.at) is None:
        raise NotRead(f.ADVICE.format(f.UNREAD[token.text]), token.start)
    known = f.FUNCTIONS.get(token.text.replace(" ", "_").replace("-", "_"))
    if known is None or p.declared.spellings.match(p.tokens, p.at) is not None:
        return None
    p.take()
    return Builtin(known, span=(token.start, token.end))


def unknown(p: Parser) -> Node:
    """A name nobody declared: a constant, a known function's letter, or a free unknown."""
    token = p.take()
    if token.kind == "accent":
        return _accented(p, token)
    if token.kind == "word":
        return _unknown_word(p, token)
    if token.kind == "cmd":
        return Name(token.text, f"\\{token.text}", span=(token.start, token.end))
    if token.font == "bb":
        return _blackboard(p, token)
    span = (token.start, token.end)
    if token.text in CONSTANTS and p.token.kind != "_" and token.text not in p.bound:
        return Constant(CONSTANTS[token.text], span=span)
    if token.text in f.GREEK_FUNCTIONS and _is_called(p):
        return applied(p, Builtin(f.GREEK_FUNCTIONS[token.text], span=span), token.start)
    if token.text == "B" and _is_called(p) and (found := _beta(p)) is not None:
        return found
    node = Name(plain_name(token), token.text, span=span)
    return applied(p, node, token.start) if token.text in _CALLED and _is_called(p) else node


def _beta(p: Parser) -> Node | None:
    """Euler's beta function, where two things stand in the bracket behind a letter that nobody declared."""
    from derive.notation.brackets import inside

    at = p.at
    _, found, _ = inside(p)
    if len(found) == 2:
        return beta(*found, p.span_from(p.tokens[at - 1].start))
    p.at = at
    return None


def _is_called(p: Parser) -> bool:
    """Whether a bracket follows, perhaps after primes."""
    at = p.at
    while p.tokens[at].kind == "prime":
        at += 1
    return p.tokens[at].kind == "open" and p.tokens[at].text == "("


def _blackboard(p: Parser, token: Token) -> Node:
    span = (token.start, token.end)
    if token.text in ("E", "P", "V"):
        raise NotRead(f.ADVICE.format("An expectation or a probability"), token.start)
    if token.text in _SETS:
        return Constant(_SETS[token.text], span=span)
    return Name("I" if token.text == "I" else f"\\mathbb{{{token.text}}}", f"\\mathbb{{{token.text}}}", span=span)


def _accented(p: Parser, token: Token) -> Node:
    r"""``\\hat m`` that is not declared: a name of its own."""
    opening = p.expect("{", token)
    if token.text == "bar" and (negated := _negated(p, opening)) is not None:
        return negated
    inner = unknown(p) if p.token.kind in ("id", "word", "accent") else None
    if isinstance(inner, Constant) and inner.name in CONSTANTS.values():
        inner = Name(inner.name, "\\pi" if inner.name == "pi" else inner.name)
    if not isinstance(inner, Name) or not p.accept("}"):
        raise Unreadable(f"Under the accent \\{token.text} we expect one letter.", token.start)
    return Name(f"\\{token.text}{{{inner.name}}}", f"\\{token.text}{{{inner.latex}}}", span=p.span_from(token.start))


def _negated(p: Parser, opening: Token) -> Node | None:
    r"""``\\overline{a \\land b}``: the opposite of what is true or false; None where a letter is not."""
    from derive.notation.walk import walk

    at = p.at
    node = p.expression() if p.token.kind in ("id", "open", "accent", "{", "num") else None
    letters = [n.name for n in walk(node) if isinstance(n, Name)] if node is not None else []
    if node is None or not letters or not all(map(p.declared.is_truth, letters)):
        p.at = at
        return None
    p.expect("}", opening, "brace")
    return Logic("not", (node,), span=p.span_from(opening.start))


def _unknown_word(p: Parser, token: Token) -> Node:
    """A word nobody declared: a truth value, a function if it is called, else a name."""
    span = (token.start, token.end)
    if not token.text.replace("_", "").replace("-", "").isalnum():
        raise Unreadable(f"We read formulas, not sentences: '{token.text[:40]}'.", token.start)
    if token.text in ("true", "True", "false", "False", "none"):
        return Constant(token.text.lower(), span=span)
    if token.text in ("otherwise", "else"):
        return Constant("true", span=span)
    node = Name(token.text, f"\\mathrm{{{token.text}}}".replace("_", r"\_"), span=span)
    if p.token.kind == "open" and p.token.text == "(":
        from derive.notation.brackets import inside

        found = inside(p)[1]
        return Call(node, found, span=p.span_from(token.start))
    return node
