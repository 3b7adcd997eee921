"""Pages in a real browser, where one is installed: every formula is there, nothing is wider than the page, no error is said."""

import html
import json
import re
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest
from reader import BROWSER, browser, opened, read

from derive.bank.banks import files, load
from derive.derivations.catalogue import catalogue
from derive.render import katex
from derive.render.html import html_page
from derive.render.site import build
from derive.render.solution import derivation_page, solution

FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files", "--virtual-time-budget=4000")
PROBE = """<body><iframe id="f" src="{page}" style="width:{width}px;height:900px;border:0"></iframe><script>
document.getElementById("f").onload = () => {{
  const page = document.getElementById("f").contentDocument;
  for (const fold of page.querySelectorAll("details")) fold.open = true;
  const search = page.getElementById("search");
  if (search) {{ search.value = "softmax"; search.dispatchEvent(new Event("input")); }}
  const shown = [...page.querySelectorAll(".katex")].filter((e) => e.getBoundingClientRect().width > 0).length;
  const links = [...page.querySelectorAll("#found a")].map((a) => a.textContent);
  document.title = JSON.stringify({{ width: page.documentElement.scrollWidth, shown, links }});
}}</script>"""
pytestmark = [pytest.mark.slow, pytest.mark.skipif(BROWSER is None, reason="no Chromium is installed")]


def seen(page: Path, width: int, folder: Path) -> tuple[dict, list[str]]:
    """What the browser measures with everything unfolded, and what it says on its console."""
    probe = folder / "probe.html"
    probe.write_text(PROBE.format(page=page.as_uri(), width=width), encoding="utf-8")
    asked = [str(BROWSER), *FLAGS, "--enable-logging=stderr", "--window-size=1400,900", "--dump-dom", probe.as_uri()]
    found = subprocess.run(asked, capture_output=True, text=True, timeout=120, check=True)
    title = re.search(r"<title>(.*?)</title>", found.stdout, re.DOTALL)
    assert title, found.stdout[:500]
    return json.loads(html.unescape(title[1])), [x for x in found.stderr.splitlines() if "CONSOLE" in x]


@pytest.mark.parametrize("width", [375, 1280])
@pytest.mark.parametrize(
    "name", ["gru-bptt-reset-input-weights", "losses/softmax_cross_entropy", "networks/exclusive_or"]
)
def test_a_page_fits_and_shows_every_formula(name: str, width: int, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    own = load(files()[name], name).variant(0) if "/" in name else None
    text = solution(own, "html") if own else derivation_page(catalogue()[name], "html")
    page.write_text(text, encoding="utf-8")
    found, said = seen(page, width, tmp_path)
    assert not said
    assert found["width"] <= width
    assert found["shown"] == text.count('<span class="katex">')


def test_the_search_works_from_disk(tmp_path: Path) -> None:
    build(tmp_path / "site", only=("softmax-jacobian", "losses/softmax_cross_entropy", "adam-step"))
    found, said = seen(tmp_path / "site" / "index.html", 375, tmp_path)
    assert not said
    assert found["width"] <= 375
    assert found["links"] == ["Softmax with cross-entropy", "The Jacobian of the softmax"]


LOOKS = (
    r"\sum_{i=1}^{n} \frac{a_{i}^{2}}{\sqrt{b_{k_{l}} + 1}}",
    r"x_{i} = e^{x^{2}} \hat{y}_{t-1} W^{\top} \left(\frac{\partial L}{\partial z_{j}}\right)^{2}",
    r"\begin{cases} 1 & a_{i} > 0 \\ 0 & \text{otherwise} \end{cases} \quad \begin{bmatrix} w_{1} & w^{(2)} \end{bmatrix}^{-1}",
    r"\max_{k} \mathbb{E}[\log p(x)] \prod_{t=1}^{T} \overline{x y} \mathcal{L}(\boldsymbol{\theta}) \lVert x \rVert_{2}^{2}",
)
PLACES = """[...document.querySelectorAll(".katex-html")].map((f) => {
  const walk = document.createTreeWalker(f, NodeFilter.SHOW_TEXT), found = [];
  const home = f.getBoundingClientRect(), range = document.createRange();
  while (walk.nextNode()) for (let k = 0; k < walk.currentNode.length; k++) {
    range.setStart(walk.currentNode, k);
    range.setEnd(walk.currentNode, k + 1);
    const box = range.getBoundingClientRect();
    if (box.width > 3) found.push([walk.currentNode.data[k], box.left - home.left, box.top - home.top, box.width]);
  }
  return found;
})"""


def places(page: Path, folder: Path) -> list[list]:
    """Where each character of each formula stands."""
    with browser(folder) as pipe:
        session = opened(pipe, page)
        pipe.ask("Runtime.evaluate", session, expression="document.fonts.ready", awaitPromise=True)
        found = pipe.ask("Runtime.evaluate", session, expression=PLACES, returnByValue=True)
    return found["result"]["value"]


def test_shorter_markup_has_the_same_looks(tmp_path: Path) -> None:
    css = re.sub(r"@font-face{[^}]*}", "", (katex.folder() / "katex.min.css").read_text(encoding="utf-8"))
    fonts = katex.faces(katex.every_font())
    engine = katex._engine()
    theirs = "".join(f"<p>{engine(katex._prepared(x), False)}</p>" for x in LOOKS)
    own = tmp_path / "own"
    own.mkdir()
    (own / "looks.html.j2").write_text(
        "<!--styles--><% for x in formulas %><p><< x|inline >></p><% endfor %>", encoding="utf-8"
    )
    (own / "page.css").write_text("", encoding="utf-8")
    ours = html_page("looks.html.j2", {"formulas": LOOKS}, [own])
    (tmp_path / "theirs.html").write_text(
        f"<!DOCTYPE html><meta charset=utf-8><style>{fonts}{css}</style>{theirs}", encoding="utf-8"
    )
    (tmp_path / "ours.html").write_text(f"<!DOCTYPE html><meta charset=utf-8>{ours}", encoding="utf-8")
    expected, found = (places(tmp_path / f"{n}.html", tmp_path) for n in ("theirs", "ours"))
    assert [[c for c, *_ in f] for f in found] == [[c for c, *_ in f] for f in expected]
    away = max(
        abs(a - b)
        for f, g in zip(found, expected, strict=True)
        for x, y in zip(f, g, strict=True)
        for a, b in zip(x[1:], y[1:], strict=True)
    )
    assert len(found) == len(LOOKS)
    assert away < 0.6, away
    assert len(ours.split("</style>")[1]) < 0.6 * len(theirs)


def test_a_page_reads_well_aloud(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    build(folder, only=("softmax-jacobian", "softmax-cross-entropy", "losses/softmax_cross_entropy"))
    pages = ("problems/losses/softmax_cross_entropy.html", "derivations/softmax-jacobian.html", "index.html")
    with browser(tmp_path) as pipe:
        problem, derivation, index = (read(pipe, folder / p) for p in pages)
    for said in (problem, derivation, index):
        assert said[:4] == ["[link] Skip to the content", "[banner]", said[2], "[main]"]
        assert said[2] == "[navigation] Site [link] Contents · [link] Subjects · [link] Errata"
        assert not [a for a, b in pairwise(said) if a == b and "[" not in a[:1]]
        assert not re.findall(r"✗|\\[A-Za-z]", "".join(said))
    headings = [x.removeprefix("[heading ") for x in derivation if x.startswith("[heading")]
    assert headings == ["1] The Jacobian of the softmax", "2] Given", "2] Named on the way", "2] Step by step", "2] Result",
                        "2] In matrix form", "2] Problems that use it"]  # fmt: skip
    assert "[definition] the probabilities, softmax ( 𝑧 )" in derivation
    assert "[term] 𝑧 ∈ ℝ to the 𝐶" in derivation
    assert "∂ 𝑝 sub 𝑖 over ∂ 𝑧 sub 𝑗 = 𝑝 sub 𝑖 ( [ 𝑖 = 𝑗 ] − 𝑝 sub 𝑗 )" in derivation
    assert "[DisclosureTriangle] checked: step 3" in derivation
    picture = next(x for x in problem if x.startswith("[image]"))
    assert "takes. p is computed from z; L is computed from p, y." in picture
    assert not any(x.startswith("[Figcaption]") for x in problem)
    assert "[heading 3] The answer to (a)" in problem
    assert "[listitem 1] [link] Classification 2 pages" in index
