"""Pictures: drawn from the derivations' own numbers, the same bytes every time, with words for who cannot see them."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from derive.bank.banks import bank
from derive.derivations.catalogue import catalogue
from derive.render.figures import figures, paths
from derive.render.figures.field import units
from derive.render.figures.graph import flow
from derive.render.figures.paths import reached
from derive.render.figures.svg import label
from derive.render.figures.window import window

SVG = "{http://www.w3.org/2000/svg}"
KINDS = {
    "conv1d-filter-gradient": ["window"],
    "conv2d-input-gradient": ["window"],
    "mlp-first-weights": ["graph"],
    "rnn-bptt-state-weights": ["graph"],
    "receptive-field": ["field"],
    "gd-eigen-component": ["paths"],
    "sigmoid-derivative": ["curve"],
    "weight-decay-component": ["shrinkage"],
    "optimal-discriminator": ["densities"],
    "hopfield-energy-falls": ["energy"],
    "lstm-memory-product": ["graph", "states"],
}

COSTLY = {"gd-eigen-component", "weight-decay-component", "lstm-memory-product", "receptive-field"}


@pytest.mark.parametrize("name", [pytest.param(n, marks=[pytest.mark.slow] if n in COSTLY else []) for n in KINDS])
def test_each_kind_of_derivation_has_its_pictures_twice_the_same(name):
    derivation = catalogue()[name]
    found = figures(derivation)
    assert [f.name for f in found] == [f"{name}-{kind}" for kind in KINDS[name]]
    assert [f.svg for f in figures(derivation)] == [f.svg for f in found]
    for f in found:
        root = ET.fromstring(f.svg)
        assert root.tag == f"{SVG}svg"
        assert root.get("role") == "img"
        assert root.findtext(f"{SVG}title") == f"{f.title}."
        assert root.findtext(f"{SVG}desc") == f.description
        assert {e.get("id") for e in root.iter()} >= set(root.get("aria-labelledby").split())
        assert not re.search(r"\b(nan|inf)\b|20\d\d-\d\d-\d\d|\(b'", f.svg)


def test_a_derivation_about_nothing_to_see_has_no_picture():
    assert figures(catalogue()["union-bound"]) == ()


def test_the_window_is_the_convolution():
    program = catalogue()["conv1d-filter-gradient"].program
    found = window(program, {"N": 7, "K": 3})
    x, w = np.arange(1.0, 8), np.array([1.0, 10, 100])
    y = np.zeros(5)
    for m in found.meetings:
        y[m.output] += x[m.input] * w[m.tap]
    assert y == pytest.approx(np.correlate(x, w, "valid"))


def test_padding_shows_inputs_that_are_not_there():
    svg = figures(catalogue()["conv1d-padded-filter-gradient"])[0].svg
    assert "stroke-dasharray" in svg
    assert "stroke-dasharray" not in figures(catalogue()["conv1d-filter-gradient"])[0].svg


def test_the_variants_numbers_are_the_pictures():
    variant = bank(())["conv/receptive_field"].variant(3)
    v = variant.values
    rows = units([v["k1"], v["k2"], v["k3"]], [v["s1"], v["s2"], v["s3"]])
    (f,) = figures(variant)
    assert f"kernel {v['k3']}, stride {v['s3']}) sees {max(rows[0]) + 1} inputs" in f.description


def test_the_gradient_flows_along_the_ways_to_the_loss_and_no_others():
    derivation = catalogue()["mlp-second-weights"]
    edges = [("x", "z1"), ("z1", "h"), ("h", "z2"), ("W2", "z2"), ("z2", "L"), ("y", "L")]
    assert flow(derivation.program, edges, "W2") == [("W2", "z2"), ("z2", "L")]


def test_descent_follows_the_steps_it_stands_for():
    rate, eigenvalue, left = 0.3, 1.7, 1.0
    for t in range(5):
        assert reached(eigenvalue, rate, t) == pytest.approx(1 - left)
        left -= rate * eigenvalue * left


def test_scripts_and_accents_are_drawn():
    assert label(r"\bar{h}_{t}") == (
        '<tspan text-decoration="overline">h</tspan><tspan dy="3.8" font-size="10.8">t</tspan><tspan dy="-3.8">\u200b</tspan>'
    )


def test_pictures_without_matplotlib_are_graphs_alone_or_a_sentence(monkeypatch):
    from derive.render.missing import NotInstalled

    monkeypatch.setitem(__import__("sys").modules, "matplotlib", None)
    assert figures(catalogue()["gd-eigen-component"], plots=False) == ()
    with pytest.raises(NotInstalled, match=r"pip install 'derive-suite\[plots\]'"):
        figures(catalogue()["gd-eigen-component"])


@pytest.mark.slow
def test_every_picture_that_needs_no_extra_is_well_formed():
    drawn = 0
    for derivation in catalogue().values():
        for f in figures(derivation, plots=False):
            root = ET.fromstring(f.svg)
            wide, high = (float(root.get(k)) for k in ("width", "height"))
            drawn += 1
            for e in root.iter(f"{SVG}rect"):
                assert 0 <= float(e.get("x")) <= wide - float(e.get("width")), f.name
                assert 0 <= float(e.get("y")) <= high - float(e.get("height")), f.name
    assert drawn > 120


def test_contours_go_as_far_as_the_axes(monkeypatch):
    from matplotlib.figure import Figure as Canvas

    drawings = []
    monkeypatch.setattr(paths, "plotted", lambda *given: drawings.append(given[3]))
    paths.descent(catalogue()["gd-eigen-component"], {})
    axes = Canvas().subplots()
    drawings[0](axes)
    fields = axes.collections[0].get_datalim(axes.transData)
    assert np.allclose([fields.intervalx, fields.intervaly], [axes.get_xlim(), axes.get_ylim()], atol=0.05)
