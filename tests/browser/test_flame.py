"""The differential flame graph on the page of an A/B."""

import pytest

from support.made_up_runs import made_up
from support.sampled import a_sampling, samplings
from wsgibench.analysis.verdict import verdict_of
from wsgibench.model.variant import Variant
from wsgibench.report.page import page_of

EVIL = "</script><img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def flame_page(tmp_path_factory):
    """``price`` takes more, ``digest`` less, and one function has a name that is none."""
    old = a_sampling("gunicorn@old", {"app/price": (100,) * 4, f"app/{EVIL[2:8]}x": (60,) * 4, "app/digest": (90,) * 4})
    new = a_sampling("gunicorn@new", {"app/price": (300,) * 4, "app/digest": (40,) * 4}, file=EVIL)
    folder = made_up(
        tmp_path_factory.mktemp("runs"), {"gunicorn@old": 3000, "gunicorn@new": 2000}, blocks=3,
        variants=(Variant(name="old"), Variant(name="new")),
    )  # fmt: skip
    folder.write_samplings(samplings(old, new))
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(page_of(folder, verdict_of(folder)), encoding="utf-8")
    return path


def labels(browser):
    return browser.run("return [...document.querySelectorAll('#flame-0 .plot text')].map((each) => each.textContent)")


def test_it_is_drawn_and_says_what_is_where(browser, flame_page):
    """Names with signs, the figures at the pointer, and nothing of a name is more than text."""
    browser.open(flame_page)
    box = browser.frame("flame-0")
    assert browser.messages() == []
    assert browser.run("return document.images.length") == 0
    assert "▲ price" in labels(browser)
    browser.mouse("mouseMoved", box["x"] + 5, box["y"] + 1.5 * box["height"] / 3)
    assert browser.until("const tip = document.getElementById('tip'); return !tip.hidden && tip.innerText").startswith(
        "app"
    )
    assert EVIL in browser.run("return document.querySelector('#flame-0 table').textContent")


def test_a_frame_that_is_pressed_fills_the_width_until_the_topmost_is(browser, flame_page):
    browser.open(flame_page)
    box = browser.frame("flame-0")
    all_of_it = labels(browser)
    for place, expected in ((2.5, "fewer"), (0.5, "all")):
        y = box["y"] + place * box["height"] / 3
        browser.mouse("mouseMoved", box["right"] - 4, y)
        browser.mouse("mousePressed", box["right"] - 4, y, clicks=1)
        browser.mouse("mouseReleased", box["right"] - 4, y, clicks=1)
        browser.until(
            "const found = [...document.querySelectorAll('#flame-0 .plot text')].map((each) => each.textContent);"
            "return (JSON.stringify(found) === JSON.stringify(arguments[0])) === arguments[1]",
            all_of_it,
            expected == "all",
        )
    assert browser.messages() == []


def test_it_has_no_fault_that_axe_finds(browser, flame_page):
    browser.open(flame_page)
    browser.see("#flame-0")
    assert browser.faults() == []
