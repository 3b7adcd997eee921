"""Markdown statements and our formulas for a plain LaTeX distribution: nothing in it but what pdflatex knows."""

from __future__ import annotations

import re
from collections.abc import Callable
from unicodedata import combining, name, normalize

from derive.render.breaking import fitted
from derive.render.changes import CLASS
from derive.render.prose import Writer

_SIGNS = {
    "∂": r"\partial", "∇": r"\nabla", "√": r"\surd", "≤": r"\le", "≥": r"\ge", "≠": r"\ne", "≈": r"\approx", "≪": r"\ll",
    "≫": r"\gg",    "∞": r"\infty", "·": r"\cdot", "×": r"\times", "⊙": r"\odot", "⊕": r"\oplus", "∘": r"\circ", "∨": r"\vee",
    "∧": r"\wedge",    "¬": r"\neg", "±": r"\pm", "→": r"\to", "⇒": r"\Rightarrow", "⇔": r"\iff", "∈": r"\in",
    "⋯": r"\cdots", "′": "'", "″": "''",
    "‖": r"\|", "−": "-", "∗": r"\ast", "∫": r"\int", "Σ": r"\Sigma", "Π": r"\Pi", "✓": r"\checkmark", "°": r"^\circ",
    "ᵀ": r"^{\top}",    "⌊": r"\lfloor", "⌋": r"\rfloor", "⌈": r"\lceil", "⌉": r"\rceil", "ℝ": r"\mathbb{R}", "∑": r"\sum",
    "∏": r"\prod", "∼": r"\sim",
}  # fmt: skip
_PLAIN = {"&": r"\&", "%": r"\%", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}", "$": r"\$", "\\": r"\textbackslash{}",
          "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "“": "``", "”": "''", "‘": "`", "’": "'", "–": "--",
          "—": "---",          "…": r"\dots{}", "§": r"\S{}", "\u00a0": "~", "<": r"\textless{}", ">": r"\textgreater{}",
          "|": r"\textbar{}"}  # fmt: skip
_ACCENTS = {"\u0302": r"\hat", "\u0304": r"\bar", "\u0303": r"\tilde", "\u0307": r"\dot"}
_LATIN_SHAPES = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΧο", "ABEZHIKMNOPTXo", strict=True))  # LaTeX has no commands for them
_TEXT_SIGNS = "‐–—‘’‚“”„†‡•…‰‹›"
_LATIN = re.compile(r"[\x20-\x7e\n\t\u00c0-\u012b\u012e-\u017f]")


def tex(text: str) -> str:
    r"""A Markdown text in LaTeX.

    >>> print(tex("*If* $x_i$ > 0, σ′(x) is 50 %."))
    \emph{If} $x_i$ \textgreater{} 0, $\sigma$$'$(x) is 50 \%.
    """
    return _WRITER.text(text)


def tex_in_any_script(text: str) -> str:
    r"""The same of what staff write in the letters of their language; `declared` has pdflatex go on at them.

    >>> tex_in_any_script("Неделя 4: $x$ ≤ 2")
    'Неделя 4: $x$ $\\le$ 2'
    """
    return _ANY_WRITER.text(text)


def tex_math(latex: str) -> str:
    r"""A formula with LaTeX's own commands for signs, and words in ``\text`` escaped.

    >>> tex_math(r"\text{similar to u_n} ‖ α")
    '\\text{similar to u\\_n} \\| \\alpha '
    """
    parts = re.split(r"(\\text\{(?:[^{}\\]|\\.)*\})", latex)
    return "".join(_words(p) if k % 2 else "".join(map(_sign, p)) for k, p in enumerate(parts))


def coloured(latex: str) -> str:
    r"""A formula with what changed in it in the colour that the preamble names.

    >>> coloured(r"a = \htmlClass{new}{b}")
    'a = \\textcolor{new}{b}'
    """
    return latex.replace(rf"\htmlClass{{{CLASS}}}", rf"\textcolor{{{CLASS}}}")


def _words(command: str) -> str:
    inside = re.sub(r"\\(.)", r"\1", command[6:-1])
    return rf"\text{{{_prose(inside)}}}"


def _sign(character: str) -> str:
    """A character of a formula."""
    if _LATIN.match(character):
        return character
    command = _command(character)
    return command + " " if re.search(r"[A-Za-z]$", command) else command


def _command(character: str) -> str:
    """The LaTeX of a character that is no Latin letter, in mathematics.

    Raises:
        ValueError: there is none.
    """
    if character in _SIGNS:
        return _SIGNS[character]
    title, apart = name(character, ""), normalize("NFKD", character)
    if title.startswith("GREEK ") and len(apart) == 1:
        word = title.split()[-1].lower()
        word = {"lamda": "lambda"}.get(word, word)
        if character in _LATIN_SHAPES:
            return rf"\mathrm{{{_LATIN_SHAPES[character]}}}"
        return "\\" + (word.capitalize() if "CAPITAL" in title else "varepsilon" if word == "epsilon" else word)
    script = "^" if "SUPERSCRIPT" in title or "MODIFIER" in title else "_" if "SUBSCRIPT" in title else ""
    if script and apart != character:
        return f"{script}{{{''.join(map(_sign, apart))}}}"
    if len(apart) == 2 and apart[1] in _ACCENTS:
        return f"{_ACCENTS[apart[1]]}{{{_sign(apart[0]).strip()}}}"
    if apart != character:
        return "".join(map(_sign, apart))
    raise ValueError(f"LaTeX has no command for {character!r} ({title})")


def _prose(text: str) -> str:
    """Text outside formulas: what LaTeX would read as a command is escaped, signs are formulas."""
    return "".join(map(_character, _clusters(text)))


def _any_prose(text: str) -> str:
    return "".join(map(_any_character, _clusters(text)))


def _clusters(text: str) -> list[str]:
    return re.findall(r".[\u0300-\u036f]*|\n", normalize("NFC", text))


def _character(cluster: str) -> str:
    if len(cluster) > 1 and combining(cluster[1]) and cluster[1] in _ACCENTS:
        return f"${_ACCENTS[cluster[1]]}{{{_sign(cluster[0]).strip()}}}$"
    if cluster in _PLAIN:
        return _PLAIN[cluster]
    if len(cluster) == 1 and _LATIN.match(cluster):
        return cluster
    if cluster == "½":
        return r"$\tfrac{1}{2}$"
    return f"${''.join(map(_sign, cluster)).strip()}$"


def _any_character(cluster: str) -> str:
    try:
        return _character(cluster)
    except ValueError:  # a letter of another script
        return cluster


def declared(page: str) -> str:
    r"""A page that pdflatex sets whatever names stand in it: what its fonts have not becomes the nearest letter, or ``?``.

    >>> print(declared("\\usepackage[utf8]{inputenc}\nNguyễn Wang 王").split("\n")[1])
    \ifdefined\DeclareUnicodeCharacter\DeclareUnicodeCharacter{1EC5}{ê}\DeclareUnicodeCharacter{738B}{?}\fi
    """
    strange = sorted({c for c in page if not _is_set(c)})
    if not strange:
        return page
    said = "".join(rf"\DeclareUnicodeCharacter{{{ord(c):04X}}}{{{_nearest(c)}}}" for c in strange)
    first, line, rest = page.partition("{inputenc}\n")
    return rf"{first}{line}\ifdefined\DeclareUnicodeCharacter{said}\fi" + f"\n{rest}"


def _is_set(character: str) -> bool:
    return bool(_LATIN.match(character)) or "\xa0" <= character < "\xc0" or character in _TEXT_SIGNS


def _nearest(character: str) -> str:
    """The letter with as many of its accents as there is a sign for."""
    apart = normalize("NFD", character)
    near = (normalize("NFC", apart[:k]) for k in range(len(apart) - 1, 0, -1))
    return next((c for c in near if len(c) == 1 and _is_set(c)), "" if combining(character) else "?")


def _table(rows: tuple[tuple[str, ...], ...]) -> str:
    lines = [" & ".join(row) + r" \\" for row in rows]
    head = f"\\begin{{tabular}}{{l{'r' * (len(rows[0]) - 1)}}}\n"
    return head + lines[0] + " \\hline\n" + "\n".join(lines[1:]) + "\n\\end{tabular}"


def _items(rows: tuple[tuple[str, ...], ...]) -> str:
    return "\\begin{itemize}\n" + "\n".join(rf"\item {row[0]}" for row in rows) + "\n\\end{itemize}"


def _writer(prose: Callable[[str], str]) -> Writer:
    return Writer(
        {
            "text": prose,
            "math": lambda t: f"${tex_math(t)}$",
            "display": lambda t: f"\n\\[{tex_math(fitted(t))}\\]\n",
            "code": lambda t: rf"\texttt{{{prose(t)}}}",
            "strong": lambda t: rf"\textbf{{{t}}}",
            "emph": lambda t: rf"\emph{{{t}}}",
        },
        {
            "paragraph": lambda rows: rows[0][0],
            "list": _items,
            "table": _table,
            "fence": lambda rows: f"\\begin{{verbatim}}\n{rows[0][0]}\n\\end{{verbatim}}",
        },
    )


_WRITER, _ANY_WRITER = _writer(_prose), _writer(_any_prose)
