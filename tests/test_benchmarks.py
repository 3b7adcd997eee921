"""The benchmarks run, and what they say of a cost or of a peer is so; no test asks how long anything takes."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


@pytest.fixture(autouse=True)
def beside_the_scripts(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))


def test_the_exponent_of_a_power_is_its_own():
    from measure import exponent

    assert exponent({n: 3.0 * n for n in (10, 20, 50, 100)}) == pytest.approx(1)
    assert exponent({n: 0.5 * n**2 for n in (10, 20, 50, 100)}) == pytest.approx(2)


def test_every_network_reads_and_derives():
    from gradient import inputs
    from networks import NETWORKS, read

    from derive.calculus.gradient import gradients

    for name, (text, shapes) in NETWORKS.items():
        program = read(text, shapes)
        assert set(inputs(program)) <= set(gradients(program, inputs(program)).adjoints), name


def calls(work):
    """How many functions are called while it is done: a cost that no clock changes."""
    count = 0

    def called(frame, event, argument):
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(called)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("grown", ["mlp", "unrolled", "terms"])
def test_the_work_is_linear_in_depth_steps_and_terms(grown):
    import networks
    from gradient import inputs
    from measure import exponent

    from derive.calculus.gradient import gradients
    from derive.calculus.textbook import textbook

    def work(text):
        program = networks.read(text)
        return textbook(gradients(program, inputs(program)))

    texts = {n: getattr(networks, grown)(n) for n in (8, 16, 32)}
    assert exponent({n: calls(lambda t=t: work(t)) for n, t in texts.items()}) < 1.08


def test_what_a_peer_does_is_told():
    from peers import TookTooLong, tasks, timed

    def raises():
        raise ValueError("no such shape")

    def ends_late():
        raise TookTooLong

    ours = tasks()["least squares, in w"]["derive"]
    assert ours() == "2*sum(r[i]*X[i,j], i = 0..I-1)"
    assert timed(raises, 9) == {"reason": "raises ValueError: no such shape"}
    assert timed(ends_late, 9) == {"reason": "no answer within 9 s"}
    assert timed(lambda: "0", 9) == {"reason": "answers 0, which is wrong"}
    assert timed("not installed", 9) == {"reason": "not installed"}
    assert timed(lambda: "2*x", 9)["characters"] == 3


def test_the_script_prints_its_machine_and_rows():
    script = [sys.executable, str(BENCHMARKS / "gradient.py"), "--only", "catalogue", "--json"]
    done = subprocess.run(script, capture_output=True, encoding="utf-8", check=True)
    found = json.loads(done.stdout)
    assert {"date", "processor", "cores", "python", "packages"} <= found["machine"].keys()
    (row,) = found["catalogue"]
    assert row["derivations"] > 80
    assert len(row["slowest"]) == 5


@pytest.mark.parametrize("kind", ["scalar", "matrix", "vector", "indexed", "piecewise", "integer"])
def test_questions_are_new_and_judged_as_they_should_be(kind):
    from judges import derive
    from questions import KINDS

    asked = [KINDS[kind](2, k, True) for k in (2, 3, 4)]
    assert len({q.reference for q in asked}) == 1
    assert len({q.answer for q in asked}) == 3
    assert [derive(KINDS[kind](k, k, right)) for k in (2, 3) for right in (True, False)] == [True, False] * 2


def test_a_question_is_read_once():
    from questions import KINDS

    from derive.grading.compare import _recent, answer_request

    _recent.cache_clear()
    costs = [calls(lambda k=k: answer_request(KINDS["scalar"](2, k, True).request("q"))) for k in (2, 3, 4)]
    assert costs[1] < 0.8 * costs[0]
    assert costs[2] < 1.1 * costs[1]


def test_a_limit_is_of_the_processors_time():
    from peers import TookTooLong, time_limit

    def endless():
        while True:
            pass

    with time_limit(0.05):
        time.sleep(0.2)
    with pytest.raises(TookTooLong), time_limit(0.05):
        endless()


def report(name, **more):
    found = {
        "derivation": name,
        "ok": True,
        "checks": 4,
        "looped": 0,
        "worst_error": 1e-16,
        "seconds": 1.0,
        "processor": 1.0,
    }
    return {**found, "message": "", **more}


def test_what_two_devices_say_differently_is_found():
    from whole import _different, _summary

    here = [report("a"), report("b"), report("c"), None]
    there = [report("a", worst_error=2e-16), report("b", worst_error=1e-8), report("c", looped=1), report("d")]
    assert _different(here, there) == ["b: worst_error 1e-16 and 1e-08", "c: looped 0 and 1"]
    wrong = _summary([report("a", ok=False, message="line 3 is off"), None], 2.0)
    assert (wrong["derivations"], wrong["left out"], wrong["wrong"]) == (1, 1, ["a: line 3 is off"])


def test_the_gpus_page_says_what_was_found():
    pytest.importorskip("torch")
    import gpu
    from measure import machine
    from whole import compared

    catalogue = compared(["softmax-jacobian"], ("cpu",), 2, 60, 1)
    assert catalogue["cpu"]["wrong"] == []
    catalogue |= {
        "cuda": {**catalogue["cpu"], "checks": 3, "wrong": ["x: line 1 is off"]},
        "different": {"cuda": ["x: checks 4 and 3"]},
    }
    forms = [{"formula": "tanh", "naive": {"float32": 7.2}, "stable": {"float32": 0.0}}]
    rates = [{"derivation": "x", "CPU, batch 64": 10.0}]
    found = {"machine": machine(), "device": "a GPU", "torch": "2.11", "rates": rates, "forms": forms, "seconds": 9.0}
    page = gpu.page({**found, "gradcheck": {"cpu": 50.0}, "catalogue": catalogue})
    assert "* wrong on cuda: x: line 1 is off\n* different on cuda: x: checks 4 and 3" in page
    assert "Both say the same" not in page
    same = {**catalogue, "cuda": catalogue["cpu"], "different": {"cuda": []}}
    assert "Both say the same of every derivation." in gpu.page(
        {**found, "gradcheck": {"cpu": 50.0}, "catalogue": same}
    )


def test_one_command_knows_every_group():
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--help"],
        cwd=BENCHMARKS.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    for group in ("verification", "networks", "comparing", "file", "everyday", "start", "derivatives", "answers"):
        assert group in done.stdout
