"""Plain text to the parser's tokens: Greek and functions by name, a whole operand behind ``^`` and ``_``."""

from __future__ import annotations

from derive.notation.arrange import arranged
from derive.notation.declare import Declarations
from derive.notation.errors import MAX_NESTING, Unreadable, too_deep
from derive.notation.lexer import Token
from derive.notation.plain_words import KNOWN_WORDS, plain_words
from derive.notation.prose import refuse_words


def plain_tokens(text: str, declared: Declarations, flags: frozenset[str], met: set[str]) -> list[Token]:
    """The parser's tokens; ``met`` learns what can be read in two ways: an exponent, a number in brackets.

    >>> [t.text for t in plain_tokens("2^10", Declarations(), frozenset(), set())]
    ['2', '^', '{', '10', '}', '']

    Raises:
        Unreadable: where a character belongs to no notation.
    """
    if "\\" in text or "$" in text:
        return arranged(text, declared.macros)
    flat = plain_words(text, declared)
    refuse_words(flat, KNOWN_WORDS)
    return [*_Scripts(flat, declared, flags, met).all(), Token("eof", "", len(text), len(text))]


def _parts(token: Token | None) -> bool:
    """Whether slots are parted here."""
    return token is None or token.text == ","


class _Scripts:
    """Braces around what stands behind ``^`` and ``_``: a bracket, or a sign and one name or number."""

    def __init__(self, flat: list[Token], declared: Declarations, flags: frozenset[str], met: set[str]) -> None:
        self.flat, self.declared, self.met = flat, declared, met
        self.deep_power, self.zero_based = "deep_power" in flags, "zero_based" in flags
        self.at = self.depth = 0
        self.out: list[Token] = []

    def all(self) -> list[Token]:
        while self.at < len(self.flat):
            self.one()
        return self.out

    def one(self) -> None:
        if self.is_entry():
            self.entry()
            return
        token = self.flat[self.at]
        self.at += 1
        if self.is_call(token):
            self.out.append(Token("open", "(", token.start, token.start))
            self.out.append(token)
            self.bracket()
            self.out.append(Token("close", ")", self.out[-1].end, self.out[-1].end))
            return
        self.out.append(token)
        if token.kind in ("^", "_"):
            self.depth += 1
            if self.depth > MAX_NESTING:
                raise too_deep()
            self.braced(token)
            self.depth -= 1

    def peek(self) -> Token | None:
        return self.flat[self.at] if self.at < len(self.flat) else None

    def braced(self, mark: Token) -> None:
        """The operand of a script, in braces; a power tower groups to the right."""
        if (token := self.peek()) is None:
            raise Unreadable(f"Something is missing after '{mark.text}'.", mark.start)
        if token.kind == "{":
            return None
        self.out.append(Token("{", "{", token.start, token.start))
        base_is_e = len(self.out) > 2 and self.out[-3].text == "e"
        signed = token.kind == "op" and token.text in ("-", "+")
        if signed:
            self.one_plain()
        if not (signed and mark.kind == "_" and self.ends_script()):
            self.operand(mark)
        if mark.kind == "^" and (signed or base_is_e) and self.goes_on():
            self.met.add("deep_power")
            while self.deep_power and self.goes_on():
                self.one()
        while mark.kind == "^" and (token := self.peek()) is not None and token.kind == "^":
            self.one()
        self.out.append(Token("}", "}", self.out[-1].end, self.out[-1].end))
        return None

    def ends_script(self) -> bool:
        """Whether nothing touches the sign of ``x_+``."""
        token = self.peek()
        return token is None or token.kind not in ("id", "num", "word", "open") or token.start > self.out[-1].end

    def one_plain(self) -> None:
        self.out.append(self.flat[self.at])
        self.at += 1

    def operand(self, mark: Token) -> None:
        """A bracket with its content, or one token; the outer bracket of a script is no part of it."""
        token = self.peek()
        if token is None:
            raise Unreadable(f"Something is missing after '{mark.text}'.", mark.start)
        if token.kind != "open":
            for _ in range(self.spelled()):
                self.one_plain()
            following = self.peek()
            if token.kind == "word" and following is not None and following.kind == "open":
                self.bracket()
            elif mark.kind == "_":
                self.letters(token)
            elif following is not None and following.kind == "_":
                self.one()
            return
        first = len(self.out)
        self.bracket()
        inner = self.out[first + 1 : -1]
        if (mark.kind == "_" and token.text in ("(", r"\{")) or token.text == r"\{":
            self.out[first:] = inner

    def is_call(self, token: Token) -> bool:
        """Whether ``sum(x)`` says with its bracket what it sums, so that ``sum(x)^2`` is a square."""
        following = self.peek()
        return token.kind == "cmd" and token.text in ("sum", "prod") and following is not None and following.text == "("

    def is_entry(self) -> bool:
        """Whether a declared array's name with a bracket that touches it follows: ``W[i,j]``."""
        found = self.declared.spellings.match(self.flat, self.at)
        if found is None or not self.declared.rank(found[0]) or found[1] >= len(self.flat):
            return False
        bracket = self.flat[found[1]]
        return bracket.text == "[" and bracket.start == self.flat[found[1] - 1].end

    def entry(self) -> None:
        """``W[i,j]`` as W with a subscript, which counts as the problem does."""
        while self.flat[self.at].text != "[":
            self.one_plain()
        opening, first = self.flat[self.at], len(self.out)
        self.bracket()
        closing, slots = self.out.pop(), self.slots(self.out[first + 1 :])
        opened = [Token("_", "_", opening.start, opening.start), Token("{", "{", opening.start, opening.end)]
        self.out[first:] = [*opened, *slots, Token("}", "}", closing.start, closing.end)]

    def slots(self, inner: list[Token]) -> list[Token]:
        """The slots of an entry; a number alone may count from 0, as code does."""
        ends = [None, *inner, None]
        alone = [t.kind == "num" and _parts(ends[k]) and _parts(ends[k + 2]) for k, t in enumerate(inner)]
        if not any(alone) or not self.declared.index_base:
            return inner
        self.met.add("zero_based")
        base = [Token("op", "+", 0, 0), Token("num", str(self.declared.index_base), 0, 0)]
        shift = [base if self.zero_based and one else [] for one in alone]
        return [t for token, more in zip(inner, shift, strict=True) for t in (token, *more)]

    def spelled(self) -> int:
        """How many tokens the next operand is: those of a declared name's letters, else one."""
        found = self.declared.spellings.match(self.flat, self.at)
        return max(found[1] - self.at, 1) if found is not None else 1

    def letters(self, before: Token) -> None:
        """``x_ij`` and ``w_12``: letters that touch belong to one subscript; so do those of ``X_i,j`` with two slots."""
        head = self.flat[self.at - 3] if self.at > 2 else before
        slots = (self.declared.rank(head.text.lstrip("\\")) or 0) - 1
        while (token := self.peek()) is not None and token.start == before.end:
            if token.text == "," and slots > 0 and self.is_slot(token):
                slots -= 1
            elif token.kind not in ("id", "num"):
                break
            self.one_plain()
            before = token

    def is_slot(self, comma: Token) -> bool:
        """Whether a letter or number touches a comma."""
        token = self.flat[min(self.at + 1, len(self.flat) - 1)]
        return token.kind in ("id", "num") and token.start == comma.end

    def bracket(self) -> None:
        level, opening = 0, self.flat[self.at]
        while self.at < len(self.flat):
            token = self.flat[self.at]
            level += (token.kind == "open") - (token.kind == "close")
            self.one()
            if level == 0:
                return
        raise Unreadable("The bracket opened here is never closed.", opening.start)

    def goes_on(self) -> bool:
        """Whether a number in an exponent is followed by what may belong to it: ``e^-2x``."""
        token, last = self.peek(), self.out[-1]
        return (
            token is not None and last.kind in ("num", "id") and token.start == last.end and token.kind in ("id", "num")
        )
