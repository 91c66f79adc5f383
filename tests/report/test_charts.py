"""Specifications: valid, and drawn as meant."""

import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import vl_convert

from support.small_run import BROKEN, PASSED, a_folder, add_trial, latencies, steady_latencies
from wsgibench.model.app import App
from wsgibench.report.charts import WIDTH, spec_of
from wsgibench.report.pictures_data import pictures_of
from wsgibench.report.tables import LABEL_GAP
from wsgibench.report.theme import DARK, LIGHT, THEMES

NASTY = "</script><script>alert(1)</script> \"'&\x1b datum['v']"
SVG = "{http://www.w3.org/2000/svg}"


def drawn(spec):
    return ET.fromstring(vl_convert.vegalite_to_svg(spec, vl_version="6.4"))  # noqa: S314 - just made


def texts(svg):
    return [text.text for text in svg.iter(f"{SVG}text")]


@pytest.fixture
def folder(tmp_path):
    """Ten stacks that end at nearly the same figure, one of them out of count."""
    stacks = [f"{proxy}{server}" for proxy in ("", "nginx+") for server in ("gunicorn", "uwsgi", "a", "b", "c")]
    folder = a_folder(tmp_path, stacks)
    for number, stack in enumerate(stacks, start=1):
        samples = [(second, 1.0, 2**33) for second in range(5)]
        gates = (BROKEN if stack == "nginx+c" else PASSED,)
        recordings = {"steady": steady_latencies(4 + number / 1e4, 4)}
        add_trial(folder, number, stack, recordings, gates=gates, samples=samples)
    return folder


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_every_specification_is_valid_and_drawn(folder, theme):
    """altair's schema accepts it, Vega draws it with all labels, within the width that was asked for."""
    for picture in pictures_of(folder):
        svg = drawn(spec_of(picture, theme, validate=True))
        assert 0.85 * WIDTH <= float(svg.get("width")) <= WIDTH + 1
        assert {"gunicorn", "nginx+uwsgi", "nginx+c (does not count)"} <= set(texts(svg)), picture.name


def test_drawn_labels_do_not_overlap(folder):
    """Ten lines that end in one point: their labels in the SVG are a line apart."""
    picture = next(each for each in pictures_of(folder) if each.name == "mean-response-time")
    svg = drawn(spec_of(picture, LIGHT))
    labels = {line.label for panel in picture.panels for line in panel.lines}
    heights = sorted(
        float(re.search(r"translate\([^,]+,([^)]+)\)", text.get("transform"))[1])
        for text in svg.iter(f"{SVG}text")
        if (text.text or "").removesuffix(" (does not count)") in labels
    )
    assert len(heights) == 10
    assert np.diff(heights).min() >= LABEL_GAP - 0.01


def test_a_gap_breaks_the_line(tmp_path):
    """Seconds without an answer are neither zero nor bridged."""
    folder = a_folder(tmp_path, ["nginx+uwsgi"])
    add_trial(folder, 1, "nginx+uwsgi", {"steady": latencies(*[[4]] * 10, [], [], *[[4]] * 10)})
    picture = next(each for each in pictures_of(folder) if each.name == "mean-response-time")
    colour = LIGHT.colours_of(["uwsgi"])["uwsgi"]
    paths = [
        path.get("d") for path in drawn(spec_of(picture, LIGHT)).iter(f"{SVG}path") if path.get("stroke") == colour
    ]
    assert [path.count("M") for path in paths] == [2]


def test_trials_that_do_not_count_are_grey(folder):
    """Their lines have the muted colour and no other."""
    picture = next(each for each in pictures_of(folder) if each.name == "requests")
    only = replace(picture.panels[0], lines=tuple(line for line in picture.panels[0].lines if line.label == "nginx+c"))
    svg = drawn(spec_of(replace(picture, panels=(only,)), DARK))
    lines = [path for path in svg.iter(f"{SVG}path") if (path.get("d") or "").count("L") >= 3]
    assert [path.get("stroke") for path in lines if path.get("stroke-width") == "1"].count(DARK.muted) >= 1
    assert not {path.get("stroke") for path in svg.iter(f"{SVG}path")} & set(DARK.colours)


def test_what_comes_from_outside_is_text(tmp_path):
    """Names with tags, quotes, expressions and control characters are shown as they are, and do nothing."""
    app = App(target="shop:app", directory="/")
    folder = a_folder(tmp_path, ["gunicorn"], store=NASTY, app=app)
    add_trial(folder, 1, "gunicorn", {"steady": steady_latencies(4, 4)})
    add_trial(folder, 2, "gunicorn", {}, status="failed", error=NASTY, block=2)
    picture = next(each for each in pictures_of(folder) if each.name == "requests")
    named = [replace(line, label=NASTY, server=NASTY, proxy=NASTY) for line in picture.panels[0].lines]
    panel = replace(picture.panels[0], title=NASTY, lines=tuple(named))
    svg = drawn(spec_of(replace(picture, title=NASTY, unit=NASTY, panels=(panel,)), LIGHT, validate=True))
    assert not list(svg.iter(f"{SVG}script"))
    assert sum("</script><script>alert(1)</script>" in (text or "") for text in texts(svg)) >= 3
