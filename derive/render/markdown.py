"""The Markdown of statements and sentences, as GitHub, LaTeX and HTML want it."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

SHORT = 24  # a longer formula may need to break itself
_FORMULA = re.compile(r"(\$\$.+?\$\$|\$[^$]+?\$|`[^`]+`)", re.DOTALL)


def github(text: str) -> str:
    """Markdown with display formulas in ``math`` fences, which GitHub passes on unchanged."""
    return re.sub(r"\$\$(.+?)\$\$", lambda m: f"\n```math\n{m.group(1).strip()}\n```\n", text, flags=re.DOTALL)


def prose(text: str) -> Markup:
    """Markdown as HTML: paragraphs, lists, tables, emphasis, code and formulas; everything else is escaped.

    >>> prose("a < b, *say*")
    Markup('<p>a &lt; b, <em>say</em></p>')
    """
    blocks = re.split(r"\n\s*\n", text.strip())
    return Markup("\n").join(_block(b) for b in blocks if b.strip())


def line(text: str) -> Markup:
    """The same without a paragraph round it."""
    found = _FORMULA.split(re.sub("[\ue000\ue001]", "", text))  # these two hold the places of formulas
    pieces = {k: _piece(found, k) for k in range(1, len(found), 2)}
    safe = str(escape("".join(f"\ue000{k}\ue001" if k in pieces else x for k, x in enumerate(found))))
    safe = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", safe)
    safe = re.sub(r"(?<!\*)\*([^*\n]+)\*(?!\*)", r"<em>\1</em>", safe)
    return Markup(re.sub("\ue000(\\d+)\ue001", lambda m: str(pieces[int(m[1])]), safe))


def _block(text: str) -> Markup:
    lines = text.strip().splitlines()
    if all(x.lstrip().startswith("|") for x in lines) and len(lines) > 1:
        return _table([[c.strip() for c in x.strip().strip("|").split("|")] for x in lines])
    if lines[0].lstrip().startswith(("- ", "* ")):
        items = re.split(r"(?m)^\s*[-*] ", text.strip())[1:]
        return Markup("<ul>%s</ul>") % Markup("").join(Markup("<li>%s</li>") % line(i.strip()) for i in items)
    parts = re.split(r"(\$\$.+?\$\$)", text, flags=re.DOTALL)  # a display is no part of a paragraph
    return Markup("\n").join(
        line(p) if p.startswith("$$") else Markup("<p>%s</p>") % line(p.strip()) for p in parts if p.strip()
    )


def _table(rows: list[list[str]]) -> Markup:
    head, body = rows[0], [r for r in rows[1:] if not all(re.fullmatch(r":?-+:?", c) for c in r)]
    cells = Markup("").join(Markup('<th scope="col">%s</th>') % line(c) for c in head)
    lines = (Markup("<tr>%s</tr>") % Markup("").join(Markup("<td>%s</td>") % line(c) for c in r) for r in body)
    return Markup('<div class="wide"><table><thead><tr>%s</tr></thead><tbody>%s</tbody></table></div>') % (
        cells,
        Markup("").join(lines),
    )


def _piece(found: list[str], k: int) -> Markup:
    """A formula or code; a bracket before a short formula and the stop after it come along, so that no line breaks there."""
    from derive.render.katex import display, inline

    piece = found[k]
    if piece.startswith("`"):
        return Markup("<code>%s</code>") % piece[1:-1]
    if piece.startswith("$$"):
        return display(piece[2:-2].strip())
    shown = inline(piece[1:-1])
    before = "(" if found[k - 1].endswith("(") else ""
    stop = re.match(r"[.,;:)?!]*", found[k + 1])
    after = stop.group() if stop else ""
    if len(piece) > SHORT or not before + after:
        return shown
    found[k - 1], found[k + 1] = found[k - 1].removesuffix("("), found[k + 1][len(after) :]
    return Markup('<span class="together">%s%s%s</span>') % (before, shown, after)
