"""The limit on the page of a capacity run can be moved, and the capacities follow."""

import pytest

from support.curves import a_run_of_capacities
from wsgibench.analysis.verdict import verdict_of
from wsgibench.report.page import page_of

READ = "return document.getElementById('read-off').textContent"
HEAD = "return document.getElementById('read-off-head').textContent"
SAID = "return document.getElementById('said').textContent"
DRAWN = "return document.getElementById('curve').dataset.drawn === 'yes'"


@pytest.fixture(scope="module")
def curve_page(tmp_path_factory):
    """Two stacks, three blocks."""
    capacities = {"gunicorn": (85, 86, 85), "waitress": (45, 46, 45)}
    folder = a_run_of_capacities(tmp_path_factory.mktemp("runs"), capacities)
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(page_of(folder, verdict_of(folder)), encoding="utf-8")
    return path


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (360, 740)])
def test_curves_and_ranking_stand_on_the_first_screen(browser, curve_page, width, height):
    """Both with their control, on a small screen, too; nothing is wider than that."""
    browser.open(curve_page, width=width, height=height)
    browser.until(DRAWN)
    bottoms = browser.run(
        "return ['#curve .plot', '#limit', '#read-off']"
        ".map((each) => document.querySelector(each).getBoundingClientRect().bottom)"
    )
    assert max(bottoms) <= height
    assert browser.run("return document.documentElement.scrollWidth") == width
    assert "gunicorn" in browser.run(READ)


def test_by_the_runs_own_limit_it_shows_the_runs_own_figures(browser, curve_page):
    """And says that they are."""
    browser.open(curve_page)
    browser.until(DRAWN)
    assert browser.run(HEAD) == "By the run's own limit"
    standing = browser.run("return document.querySelector('.ranks td:nth-child(4)').textContent")
    assert standing in browser.run(READ)


def test_the_keyboard_moves_the_limit_and_the_capacities_follow(browser, curve_page):
    """They are marked as read off, said aloud, and a link brings others to the same limit."""
    browser.open(curve_page)
    browser.until(DRAWN)
    before = browser.run(READ)
    browser.run("document.getElementById('limit').focus()")
    for _ in range(3):
        browser.cdp("Input.dispatchKeyEvent", {"type": "keyDown", "key": "PageDown", "windowsVirtualKeyCode": 34})
        browser.cdp("Input.dispatchKeyEvent", {"type": "keyUp", "key": "PageDown", "windowsVirtualKeyCode": 34})
    assert browser.run(READ) != before
    assert browser.run(HEAD) == "Read off this run's curve"
    limit = browser.run("return document.getElementById('limit').getAttribute('aria-valuetext')")
    assert limit == browser.run("return document.getElementById('limit-said').textContent")
    assert browser.run(SAID).startswith(f"p99 below {limit}: ")
    view = browser.run("return location.hash")
    assert "limit=" in view
    shown = browser.run(READ)
    browser.open(curve_page, view)
    browser.until(DRAWN)
    assert browser.run(READ) == shown
    browser.run("document.getElementById('limit-own').click()")
    assert browser.run(READ) == before


def test_a_limit_that_all_or_none_keep_makes_bounds(browser, curve_page):
    """At the ends of what can be chosen."""
    browser.open(curve_page)
    browser.until(DRAWN)
    move = (
        "const it = document.getElementById('limit'); it.value = arguments[0];"
        "it.dispatchEvent(new Event('input', {bubbles: true}))"
    )
    browser.run(move, "0")
    assert browser.run(READ).count("less than") == 2
    browser.run(move, browser.run("return document.getElementById('limit').max"))
    assert browser.run(READ).count("at least") == 2


def test_another_percentile_can_be_chosen(browser, curve_page):
    """The lines are its own then."""
    browser.open(curve_page)
    browser.until(DRAWN)
    browser.run("document.querySelector('input[name=percentile][value=p50]').click()")
    assert "percentile=p50" in browser.run("return location.hash")
    assert browser.run(HEAD) == "Read off this run's curve"


def test_it_is_open_to_all(browser, curve_page):
    """axe-core finds nothing that matters, and the console says nothing."""
    browser.open(curve_page)
    browser.until(DRAWN)
    assert browser.faults() == []
    assert browser.messages() == []


def test_on_paper_there_is_no_control(browser, curve_page):
    """The figures stay."""
    browser.open(curve_page)
    browser.until(DRAWN)
    browser.cdp("Emulation.setEmulatedMedia", {"media": "print", "features": []})
    assert browser.run("return getComputedStyle(document.querySelector('.limit')).display") == "none"
    assert browser.run("return document.querySelector('#curve .plot svg') !== null")
