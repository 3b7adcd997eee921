"""What reading may end in besides a tree: a text that does not read, and a text over the budget."""

from __future__ import annotations

MAX_CHARACTERS = 20_000
MAX_NESTING = 200


class Unreadable(Exception):
    """A text that has no reading, with a sentence for the student and where it goes wrong.

    >>> str(Unreadable("The bracket opened here is never closed.", 3))
    'The bracket opened here is never closed.'
    """

    def __init__(self, message: str, position: int | None = None) -> None:
        """Keep the sentence and the character offset it is about."""
        super().__init__(message)
        self.message = message
        self.position = position


class NotRead(Unreadable):
    """A text in a notation that we know and do not work with: what it means is clear, and nobody looks."""


class Refused(Exception):
    """A text over the budget of PROTOCOLS section 5: it may mean something, and nobody looks."""

    def __init__(self, message: str) -> None:
        """Keep the sentence."""
        super().__init__(message)
        self.message = message


def within_budget(text: str) -> str:
    """The text itself, unless it is longer than an answer may be.

    Raises:
        Refused: for more than ``MAX_CHARACTERS`` characters.
    """
    if len(text) > MAX_CHARACTERS:
        raise Refused(f"This is longer than {MAX_CHARACTERS:,} characters; an answer is shorter.")
    return text


def too_deep() -> Refused:
    """The refusal of brackets (or towers) inside brackets beyond ``MAX_NESTING``."""
    return Refused(f"Brackets are nested more than {MAX_NESTING} deep; please simplify the formula.")


def limited(count: int, most: int, what: str, span: tuple[int, int]) -> None:
    """Refuse more of something than an answer has.

    Raises:
        Refused: there are more than ``most``.
    """
    if count > most:
        raise Refused(f"There are {count} {what} from character {span[0] + 1} on; an answer has at most {most}.")
