"""Runs side by side, in a browser."""

import pytest

from support.made_up_runs import made_up
from wsgibench.analysis.comparison import compare_runs
from wsgibench.report.page import side_by_side

OBJECTIVES = ("throughput", "p99", "memory")


@pytest.fixture(scope="module")
def runs_page(tmp_path_factory):
    """Three runs of six blocks; each has a stack that the others do not have, and the last one that never counts."""
    out = tmp_path_factory.mktemp("runs")
    alike = {"gunicorn": 1000, "waitress": 700, "nginx+uwsgi": 900}
    folders = [
        made_up(out / "before", alike | {"nginx+gunicorn:w6": 850}),
        made_up(out / "after", alike | {"gunicorn": 1300, "nginx+gunicorn:w60": 450}, seed=6),
        made_up(out / "later", alike, broken=[("waitress", block) for block in range(1, 7)], seed=7),
    ]
    comparison = compare_runs(folders, objectives=OBJECTIVES, margin=0.05)
    path = tmp_path_factory.mktemp("page") / "side-by-side.html"
    path.write_text(side_by_side(folders, comparison), encoding="utf-8")
    return path


def test_it_asks_nobody_for_anything_and_complains_of_nothing(browser, runs_page):
    """Under the policy of a run's page every objective's chart is drawn."""
    browser.open(runs_page)
    assert browser.draw_all() == [f"runs-{name}" for name in OBJECTIVES]
    assert browser.messages() == []
    assert browser.run("return performance.getEntriesByType('resource').length") == 0


def test_each_run_has_a_dot_where_it_has_a_figure(browser, runs_page):
    """Four, four and two; in as many shapes as there are runs, each in places of its own."""
    browser.open(runs_page)
    browser.see("#runs-throughput")
    dots = browser.run(
        "return [...document.querySelectorAll('#runs-throughput .mark-symbol.role-mark path')]"
        ".map((each) => [each.getAttribute('d'), each.getBoundingClientRect().top])"
    )
    shapes = [shape for shape, _ in dots]
    assert sorted(map(shapes.count, set(shapes))) == [2, 4, 4]
    assert len({round(top) for _, top in dots}) == len(dots)


def test_the_pointer_reads_a_stack_in_every_run(browser, runs_page):
    """Over the lowest row are the figures of the stack that is there, also of runs that do not have it."""
    browser.open(runs_page)
    box = browser.frame("runs-throughput")
    browser.mouse("mouseMoved", box["x"] + 20, box["y"] + box["height"] - 10)
    assert browser.run("return document.querySelector('#tip strong').textContent") == "nginx+gunicorn:w60"
    read = browser.run("return [...document.querySelectorAll('#tip dd')].map((each) => each.textContent)")
    assert [text == "-" for text in read] == [True, False, True]


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_nothing_makes_the_page_scroll_sideways(browser, runs_page, width):
    """Long paths wrap; tables scroll in themselves."""
    browser.open(runs_page, width=width)
    browser.draw_all()
    browser.run("document.querySelectorAll('details').forEach((each) => { each.open = true })")
    assert browser.run("return document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing_serious(browser, runs_page, theme, width):
    """Contrast, names, roles, headings, landmarks, regions that scroll."""
    browser.open(runs_page, width=width)
    browser.cdp("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": theme}]})
    browser.draw_all()
    browser.run("document.querySelectorAll('details').forEach((each) => { each.open = true })")
    assert browser.faults() == []


def test_the_comparison_is_inside_the_page(browser, runs_page):
    """Its button saves what compare --json prints."""
    browser.open(runs_page)
    found = browser.run(
        "return JSON.parse(JSON.parse(document.getElementById('files-data').textContent)['comparison.json'].text)"
    )
    assert [each["objective"] for each in found["others"][0]["objectives"]] == list(OBJECTIVES)
