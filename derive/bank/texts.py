"""An author's texts with a variant's parameters put in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, TypeVar

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

SIGNS = {"\a": "a", "\b": "b", "\f": "f", "\v": "v", "\t": "t", "\n": "n", "\r": "r"}
EATEN = re.compile(
    r"(?P<sign>[\x00-\x08\x0b-\x1f]|\t(?=anh|heta|imes|ext|frac|ilde|op\b|au\b|o\b)|\n(?=abla))(?P<rest>[A-Za-z]*)"
)
Environment = TypeVar("Environment", bound=jinja2.Environment)


class BadText(ValueError):
    """A text that cannot be made; the message is for its author."""


def _numeral(value: object) -> object:
    """A number as a person writes it: no ``.0`` behind a whole one, no noise behind a decimal.

    >>> [_numeral(v) for v in (-1.0, 0.1 + 0.2, 1 - 0.64, 7)]
    ['-1', '0.3', '0.36', 7]
    """
    plain = isinstance(value, float) and (value == 0 or 1e-4 <= abs(value) < 1e12)
    return f"{value:.12g}" if plain else value


def environment(kind: type[Environment], **options: Any) -> Environment:
    """Templates whose signs stand in no LaTeX, and in which a name that is not there is a fault."""
    return kind(
        variable_start_string="<<",
        variable_end_string=">>",
        block_start_string="<%",
        block_end_string="%>",
        comment_start_string="<#",
        comment_end_string="#>",
        undefined=jinja2.StrictUndefined,
        **options,
    )


LOOKS = environment(ImmutableSandboxedEnvironment, keep_trailing_newline=False, autoescape=False, finalize=_numeral)


@lru_cache(maxsize=4096)
def _template(text: str) -> jinja2.Template:
    return LOOKS.from_string(text)


def _lost(text: str) -> str:
    r"""The command of LaTeX whose backslash Python has read as its own sign; empty where there is none.

    >>> _lost("half, $\frac12$"), _lost(r"half, $\frac12$")
    ('\\frac', '')
    """
    m = EATEN.search(text)
    return f"\\{SIGNS.get(m['sign'], '?')}{m['rest']}" if m else ""


def put_in(text: str, values: Mapping[str, Any]) -> str:
    """A text with the values in the place of ``<< name >>``.

    Raises:
        BadText: it names something that is no parameter, or is no text.

    >>> put_in("$N = << n + 1 >>$", {"n": 3})
    '$N = 4$'
    >>> put_in(lambda p: p["n"], {"n": 3})
    Traceback (most recent call last):
    derive.bank.texts.BadText: here stands a function where a text belongs: write << n >> into the text, or make \
the whole field a function of the parameters, as in mistakes=lambda p: (Mistake(...),)
    """
    if not isinstance(text, str):
        if not callable(text):
            raise BadText(f"here stands {text!r:.60} where a text belongs: put it in quotation marks")
        how = "write << n >> into the text, or make the whole field a function of the parameters"
        raise BadText(f"here stands a function where a text belongs: {how}, as in mistakes=lambda p: (Mistake(...),)")
    if lost := _lost(text):
        raise BadText(f'Python has taken the backslash of {lost} for its own: write r in front of the text, r"…"')
    try:
        return _template(text).render(**values).strip()
    except Exception as error:  # what stands between << and >> may raise anything; it is reported as its author's
        raise BadText(f"the text does not render: {error}") from error
