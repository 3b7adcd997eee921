"""Pages in a real browser, where one is installed: every formula is there, nothing is wider than the page, no error is said."""

import html
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from derive.bank.banks import files, load
from derive.derivations.catalogue import catalogue
from derive.render.site import build
from derive.render.solution import derivation_page, solution

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
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
