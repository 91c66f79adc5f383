"""Tables, choices, files, keyboard, and links that keep the view."""

import json
import time

import pytest

from support.small_run import BROKEN, PASSED, a_folder, add_trial, steady_latencies
from wsgibench.analysis.verdict import verdict_of
from wsgibench.report.page import page_of

STACKS = "return [...document.querySelectorAll('#table-steady tbody th')].map((each) => each.textContent)"
SORTED = (
    "return [...document.querySelectorAll('#table-steady [aria-sort]')]"
    ".map((each) => [each.textContent.trim(), each.ariaSort])"
)


UNFOLDED = "return [...document.querySelectorAll('details.part[open]')].map((each) => each.parentElement.id)"


def unfolded(browser):
    return browser.run(UNFOLDED)


def p99s(browser):
    """By row; None where there is none."""
    return browser.run(
        "return [...document.querySelectorAll('#table-steady tbody tr')]"
        ".map((row) => row.cells[7].dataset.value).map((value) => value === '' ? null : Number(value))"
    )


@pytest.fixture(scope="module")
def gap_page(tmp_path_factory):
    """Of three stacks, the one in the middle has no figure, for its only trial does not count."""
    folder = a_folder(tmp_path_factory.mktemp("gap"), ["gunicorn", "waitress", "granian"])
    for number, (stack, ms, gate) in enumerate(
        (("gunicorn", 9, PASSED), ("waitress", 5, BROKEN), ("granian", 7, PASSED)), start=1
    ):
        add_trial(folder, number, stack, {"steady": steady_latencies(ms, 4, per_second=300)}, gates=[gate])
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(page_of(folder, verdict_of(folder)), encoding="utf-8")
    return path


def test_a_click_sorts_and_another_one_the_other_way(browser, gap_page):
    """The column says how it is sorted; a figure that is missing is neither the least nor the most: it stands last."""
    browser.open(gap_page)
    click = "document.querySelector('#table-steady [data-column=p99] button').click()"
    low, high = sorted(value for value in p99s(browser) if value is not None)
    browser.run(click)
    assert p99s(browser) == [low, high, None]
    assert browser.run(SORTED) == [["p99 ms", "ascending"]]
    browser.run(click)
    assert p99s(browser) == [high, low, None]
    assert browser.run(SORTED) == [["p99 ms", "descending"]]


def test_tab_reaches_every_control_and_enter_sorts(browser, page):
    """In the order of the page, each with a visible focus, without a trap."""
    browser.open(page)
    browser.unfold()
    wanted = browser.run(
        "return [...document.querySelectorAll('button, select, summary, nav a, .scroll')]"
        ".filter((each) => each.checkVisibility()).length"
    )
    seen = []
    for _ in range(wanted * 2):
        browser.press("Tab")
        name = browser.run(
            "const it = document.activeElement;"
            "const drawn = getComputedStyle(it.matches('input') ? it.nextElementSibling : it).outlineStyle;"
            "return [it.tagName, (it.id || it.textContent).slice(0, 30), it.closest('th')?.dataset.column ?? '', drawn]"
        )
        if name[0] == "BODY":
            break
        seen.append(name)
        if name[2] == "p90":
            browser.press("Enter")
    assert browser.run("return document.activeElement.tagName") == "BODY"
    assert all(outline != "none" for *_, outline in seen)
    assert seen[0][:2] == ["A", "Skip to the verdict"]
    tags = [tag for tag, *_ in seen]
    assert {"BUTTON", "SELECT", "SUMMARY", "INPUT", "A", "DIV", "PRE"} <= set(tags)
    assert browser.run(SORTED) == [["p90 ms", "ascending"]]


def test_parts_unfold_by_keyboard_and_the_link_keeps_them_so(browser, page):
    """Enter and Space on a part's head open and close it; who gets the link, or loads the page again, sees the same."""
    browser.open(page)
    assert unfolded(browser) == []
    browser.run("document.querySelector('#stacks summary').focus()")
    browser.press("Enter")
    browser.until("return location.hash.includes('open=stacks')")
    browser.run("document.querySelector('#gates summary').focus()")
    browser.press("Enter")
    browser.until("return location.hash.includes('open=gates')")
    browser.driver.refresh()
    assert unfolded(browser) == ["stacks", "gates"]
    browser.run("document.querySelector('#stacks summary').focus()")
    browser.press("Enter")
    browser.until("return !location.hash.includes('open=stacks')")
    assert unfolded(browser) == ["gates"]
    browser.open(page, "#machine")
    browser.until(f"{UNFOLDED}.includes('machine')")


def test_the_chosen_objective_alone_is_shown(browser, page):
    """Its ranking, its chart and its table."""
    browser.open(page)
    browser.unfold()
    browser.run("document.querySelector('input[value=memory]').click()")
    shown = browser.run(
        "return [...document.querySelectorAll('[data-objective]')].filter((each) => each.checkVisibility())"
        ".map((each) => each.dataset.objective)"
    )
    assert shown == ["memory"]
    browser.see("#ranking-memory")
    assert "objective=memory" in browser.run("return location.hash")


def test_a_link_brings_others_to_the_same_view(browser, page):
    """Objective, sorting, hidden stacks, part of the time, part of the page."""
    browser.open(page)
    browser.run("document.querySelector('input[value=p99]').click()")
    browser.run("document.querySelector('#table-steady [data-column=memory] button').click()")
    browser.run("document.querySelector('#histories [data-stack=gunicorn]').click()")
    browser.run("document.querySelector('[data-zoom=in]').click()")
    browser.run("document.querySelector('nav a[href=\"#machine\"]').click()")
    view, order = browser.run("return location.hash"), browser.run(STACKS)
    browser.open(page, view)
    assert browser.run("return location.hash") == view
    assert browser.run("return document.querySelector('input[name=objective]:checked').value") == "p99"
    assert browser.run(SORTED) == [["memory", "ascending"]]
    assert browser.run(STACKS) == order
    assert browser.run("return document.querySelector('[data-stack=gunicorn]').ariaPressed") == "false"
    browser.until("return scrollY > 200 && document.activeElement.querySelector('#machine-head')")
    assert unfolded(browser) == ["machine"]
    assert "from=" in view


def test_back_leads_through_the_parts_but_not_through_choices(browser, page):
    """As on any page with links to its parts; one Back then leaves the choices behind, however many they were."""
    # Not history.length: a browser keeps fifty places and forgets the first ones.
    place = "return navigation.currentEntry.key"
    browser.open(page)
    places = [browser.run(place)]
    for objective in ("memory", "p99"):
        browser.run("document.querySelector(`input[value=${arguments[0]}]`).click()", objective)
        places.append(browser.run(place))
    for part in ("stacks", "machine", "machine"):
        browser.run("document.querySelector(`nav a[href='#${arguments[0]}']`).click()", part)
        places.append(browser.run(place))
    first, stacks, machine = dict.fromkeys(places)
    assert places == [first, first, first, stacks, machine, machine]
    browser.driver.back()
    browser.until("return document.activeElement.querySelector('#stacks-head')")
    assert unfolded(browser) == ["stacks"]
    browser.driver.back()
    browser.until("return location.hash === '#objective=p99'")
    assert unfolded(browser) == []
    assert browser.run("return document.querySelector('input[name=objective]:checked').value") == "p99"


def test_a_broken_link_shows_the_page_as_it_is(browser, page):
    """Whatever somebody put into the hash."""
    for view in ("#objective=nothing&block=99&from=9&till=1&sort=x:y:z&phase=no", "#%E0%A4%A", "#from=a&till=b"):
        browser.open(page, view)
        assert browser.messages() == []
        assert browser.run("return document.querySelectorAll('[data-objective]:not(.aside)').length") == 1
        browser.see("#steady-requests")


def test_files_are_saved_from_the_page(browser, page, run_folder, tmp_path):
    """Whole, and as in the run's folder."""
    browser.open(page)
    browser.cdp(
        "Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path), "eventsEnabled": False}
    )
    for name in ("results.csv", "verdict.json", "run.json"):
        browser.run("document.querySelector(`[data-file='${arguments[0]}']`).click()", name)
        wait_for(tmp_path / name)
    assert (tmp_path / "results.csv").read_bytes() == (run_folder.path / "results.csv").read_bytes()
    assert json.loads((tmp_path / "run.json").read_text())["plan"]["blocks"] == 3
    assert json.loads((tmp_path / "verdict.json").read_text())["blocks"] == 3


def wait_for(path):
    end = time.monotonic() + 10
    while not path.exists():
        assert time.monotonic() < end, path
        time.sleep(0.02)


def test_a_command_is_copied(browser, page):
    """The button says so, or marks the text where a page may not write the clipboard."""
    browser.open(page)
    browser.run("document.querySelector('#machine .copy').click()")
    said = browser.until(
        "const text = document.querySelector('#machine .copy').textContent; return text !== 'Copy' && text"
    )
    assert said in ("Copied", "Marked: copy it")
