"""What a screen reader says of a page: Chromium's accessibility tree, read in order, with formulas as speech."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
SILENT = {"none", "generic", "StaticText", "InlineTextBox", "LineBreak", "RootWebArea", "paragraph", "strong", "emphasis",
          "code", "LayoutTableCell", "LabelText", "DescriptionListDetail", "SvgRoot"}  # fmt: skip
BETWEEN = {"MathMLFraction": ("", " over ", ""), "MathMLSub": ("", " sub ", ""), "MathMLSup": ("", " to the ", ""),
           "MathMLSubSup": ("", " sub ", " to the "), "MathMLUnderOver": ("", " from ", " to "),
           "MathMLUnder": ("", " under ", ""), "MathMLOver": ("", " with ", "")}  # fmt: skip


class Pipe:
    """A browser that is told what to do, one message at a time."""

    def __init__(self, sent: int, heard: int) -> None:
        self.sent, self.heard, self.number, self.rest = sent, heard, 0, b""

    def ask(self, method: str, session: str = "", **params: object) -> dict:
        self.number += 1
        about = {"sessionId": session} if session else {}
        message = {"id": self.number, "method": method, "params": params, **about}
        os.write(self.sent, json.dumps(message).encode() + b"\0")
        return next(m["result"] for m in self.messages() if m.get("id") == self.number)

    def wait(self, event: str) -> None:
        next(m for m in self.messages() if m.get("method") == event)

    def messages(self) -> Iterator[dict]:
        while True:
            while b"\0" not in self.rest:
                found = os.read(self.heard, 1 << 16)
                assert found, "the browser has gone"
                self.rest += found
            one, self.rest = self.rest.split(b"\0", 1)
            message = json.loads(one)
            assert "error" not in message, message
            yield message


@contextmanager
def browser(folder: Path) -> Iterator[Pipe]:
    """A browser without a window."""
    theirs, ours = os.pipe()
    listening, speaking = os.pipe()
    flags = "--headless --no-sandbox --disable-gpu --remote-debugging-pipe --no-first-run"
    command = f'exec "$0" {flags} "--user-data-dir=$1" 3<&{theirs} 4>&{speaking}'
    asked = ["bash", "-c", command, str(BROWSER), str(folder / "profile")]
    process = subprocess.Popen(asked, pass_fds=(theirs, speaking), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(theirs)
    os.close(speaking)
    try:
        yield Pipe(ours, listening)
    finally:
        process.terminate()
        process.wait(20)
        os.close(ours)
        os.close(listening)


def opened(pipe: Pipe, page: Path) -> str:
    """A page in a tab of its own, loaded; the name of its session."""
    target = pipe.ask("Target.createTarget", url="about:blank")["targetId"]
    session = str(pipe.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"])
    pipe.ask("Page.enable", session)
    pipe.ask("Page.navigate", session, url=page.as_uri())
    pipe.wait("Page.loadEventFired")
    return session


def read(pipe: Pipe, page: Path) -> list[str]:
    """The lines that a reader says from the top of a page to its end."""
    session = opened(pipe, page)
    pipe.ask("Accessibility.enable", session)
    nodes = {n["nodeId"]: n for n in pipe.ask("Accessibility.getFullAXTree", session)["nodes"]}
    root = next(n for n in nodes.values() if "parentId" not in n)
    return [line for line in (" ".join(x.split()) for x in "".join(said(root, nodes)).split("\n")) if line]


def said(node: dict, nodes: dict[str, dict]) -> Iterator[str]:
    """What is said of a node; each block begins a line."""
    role, name = node.get("role", {}).get("value", ""), node.get("name", {}).get("value", "")
    inside = [nodes[k] for k in node.get("childIds", ()) if k in nodes]
    if node.get("ignored") or role in SILENT:
        block = role in ("paragraph", "DescriptionListDetail")
        yield "\n" * block
        yield from [name] if role == "StaticText" else (x for n in inside for x in said(n, nodes))
        yield "\n" * block
    elif role == "MathMLMath":
        yield f" {spoken(node, nodes)} "
    elif role in ("image", "ListMarker"):
        yield f"\n[{role}] {name}\n"
    else:
        level = next((f" {p['value']['value']}" for p in node.get("properties", ()) if p["name"] == "level"), "")
        own = name if role not in ("heading", "link", "DisclosureTriangle", "listitem") else ""
        yield ("" if role == "link" else "\n") + f"[{role}{level}]{' ' + own if own else ''} "
        yield from (x for n in inside for x in said(n, nodes))
        yield "" if role == "link" else "\n"


def spoken(node: dict, nodes: dict[str, dict]) -> str:
    """A formula in words."""
    role, name = node.get("role", {}).get("value", ""), node.get("name", {}).get("value", "")
    inside = [spoken(nodes[k], nodes) for k in node.get("childIds", ()) if k in nodes]
    if role in BETWEEN:
        first, *between = BETWEEN[role]
        return first + "".join(x + s for x, s in zip(inside, [*between, ""], strict=False))
    if role == "MathMLSquareRoot":
        return f"root of {' '.join(inside)}"
    if role in ("StaticText", "InlineTextBox"):
        return name if role == "StaticText" else ""
    return " ".join(x for x in inside if x)
