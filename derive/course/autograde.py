"""What the bundle runs for each submission: reads what was handed in, writes the platform's ``results.json``."""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from derive.bank.grade import for_students, grade
from derive.course.assignment import Assignment, identity, load
from derive.course.claims import Claims
from derive.course.collect import Collection
from derive.course.handed import Handed
from derive.course.setting import rounded, scaled
from derive.course.shelf import Shelf

HIDDEN = {"visibility": "hidden"}
FAULT = "fault"
WAITS = "This part waits for a person; it has no marks yet."
FAILED = "This could not be graded automatically. What you handed in is kept, and a person will look at it."


@dataclass
class OwnWork(Collection):
    """A collection for one student, who need not say who they are.

    Attributes:
        who: the student.
        attempt: which attempt this is, whatever is handed in says.
    """

    who: str = ""
    attempt: int = 1

    def _hand_in(self, handed: Handed, is_form: bool) -> None:
        handed.student, handed.attempt = handed.student or self.who or None, self.attempt
        super()._hand_in(handed, is_form)

    def _whose(self, file: str) -> str | None:
        return self.who or super()._whose(file)


def results(root: Path) -> dict[str, Any]:
    """The platform's results for what lies in its folder.

    Args:
        root: holds ``source`` (the bundle), ``submission`` and, maybe, ``submission_metadata.json``.

    Raises:
        OSError: a file cannot be read.
        BadAssignment: the bundle was changed.
    """
    source = root / "source"
    (path,) = source.glob("*.toml")
    assignment, shelf = load(path), Shelf([source / "bank"])
    told = _metadata(root / "submission_metadata.json")
    who, names = _submitter(told)
    earlier = _earlier(told)
    if assignment.attempts is not None and len(earlier) >= assignment.attempts:
        return _kept(earlier[assignment.attempts - 1], assignment.attempts)
    found = OwnWork(Claims(assignment, shelf), who=who, attempt=len(earlier) + 1).collect([root / "submission"])
    tests: list[dict[str, Any]] = []
    for submission in found.submissions:
        theirs = submission.get("student")
        if who and assignment.seeds == "each" and str(theirs).casefold() not in names:
            strange = f"This form is {theirs or 'nobody'}'s, and you are {who}: a person has to look at it."
            tests.append({"name": str(submission["problem"]), "output": strange, "visibility": "visible"})
            continue
        tests += _tests(grade(submission, shelf, assignment.policy), assignment)
    missing = [name for name, _ in assignment.entries if name not in {s["problem"] for s in found.submissions}]
    said = [f"{r.file}: {r.text}" for r in found.remarks] + [f"Nothing was handed in for {name}." for name in missing]
    said += ["Whose form this is was not checked: the platform does not say who hands in."] * (not who)
    return _page(tests, said or ["Everything was read."])


def _page(tests: list[dict[str, Any]], said: list[str]) -> dict[str, Any]:
    """What the platform reads; it asks for a score of the whole where not every test has one."""
    score = rounded(sum(float(test.get("score") or 0) for test in tests))
    whole = {"tests": tests, "output": "\n".join(said), "output_format": "text", "visibility": "visible"}
    return {"score": score, **whole, "stdout_visibility": "hidden"}


def _metadata(path: Path) -> Mapping[str, Any]:
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}


def _submitter(told: Mapping[str, Any]) -> tuple[str, frozenset[str]]:
    """Who hands in, and all that they and their group may call themselves in a form, as far as the platform says."""
    users = told.get("users") or []
    known = [identity(str(user[k])) for user in users for k in ("sid", "email", "name") if user.get(k)]
    known += [email.partition("@")[0] for email in known if "@" in email]
    return (known[0] if known else ""), frozenset(n.casefold() for n in known)


def _earlier(told: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The attempts before this one, in their order; one that the autograder failed on was none."""
    found = [x for x in told.get("previous_submissions") or () if not x.get("autograder_error") and not _failed(x)]
    return sorted(found, key=lambda x: str(x.get("submission_time", "")))


def _failed(earlier: Mapping[str, Any]) -> bool:
    """Whether nothing was graded, by a fault; a visible test of that name is what a student called a problem."""
    return any((t.get("name"), t.get("visibility")) == (FAULT, "hidden") for t in _tests_of(earlier))


def _tests_of(earlier: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [test for test in (earlier.get("results") or {}).get("tests") or () if isinstance(test, dict)]


def _kept(last: Mapping[str, Any], attempts: int) -> dict[str, Any]:
    """After the last attempt, which may have shown the solution, its marks stay."""
    said = f"All attempts ({attempts}) are used: the marks of the last one stay."
    tests = _tests_of(last)
    page = _page(tests, [said])
    return page if tests else {**page, "score": float(last.get("score") or 0)}


def _tests(result: Mapping[str, Any], assignment: Assignment) -> Iterator[dict[str, Any]]:
    """A test for each part, which the student sees, and the evidence, which staff see."""
    if not result["parts"]:
        yield {
            "name": str(result["problem"]),
            "output": f"{result.get('message', '')} {WAITS}",
            "visibility": "visible",
        }
        return
    order = [name for name, _ in assignment.entries]
    number = order.index(result["problem"]) + 1
    counts = dict(assignment.entries)[result["problem"]] or result["out_of"]
    level = assignment.policy.level(result.get("attempt"))
    for name, part in for_students(result, level)["parts"].items():
        label = f"{number}({name}) {result['problem']}"
        test: dict[str, Any] = {
            "name": label,
            "output": _output(part),
            "output_format": "text",
            "visibility": "visible",
        }
        if part["marks"] is not None:
            most = scaled(part["out_of"], result["out_of"], counts)
            test |= {"score": scaled(part["marks"], result["out_of"], counts), "max_score": most}
            test["status"] = "passed" if part["marks"] == part["out_of"] else "failed"
        yield test
    evidence = {
        name: {k: p[k] for k in ("verdict", "misconception", "evidence")} for name, p in result["parts"].items()
    }
    text = json.dumps(evidence, ensure_ascii=False, default=str)
    yield {"name": f"{number} evidence for staff", "output": text, "output_format": "text", **HIDDEN}


def _output(part: Mapping[str, Any]) -> str:
    lines = [WAITS] if part["marks"] is None else []
    lines += [part["feedback"]] if part["feedback"] else []
    lines += [f"We read your answer as {part['reading']}"] if part["reading"] else []
    lines += [f"Hint: {hint}" for hint in part.get("hints", ())]
    lines += [f"Solution: {part['solution']}"] if "solution" in part else []
    return "\n".join(lines)


def main(root: Path) -> None:
    """Write ``results/results.json``, whatever was handed in; what went wrong is for staff to read."""
    try:
        found = results(root)
    except Exception:  # a student's file must never be without results; the reason is printed for staff
        traceback.print_exc()
        fault = {"name": FAULT, "output": traceback.format_exc(), "output_format": "text", **HIDDEN}
        found = _page([fault], [FAILED])
    path = root / "results" / "results.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(found, ensure_ascii=False, default=str)
    path.write_bytes(text.encode("utf-8", "replace"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
