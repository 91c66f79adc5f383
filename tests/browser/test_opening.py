"""The page opens: by itself, quickly, in any width, in both themes and on paper."""

import base64

import pytest
from selenium.webdriver.common.keys import Keys

WIDTHS = (360, 768, 1280, 3840)


def background(browser, selector="html"):
    return browser.run("return getComputedStyle(document.querySelector(arguments[0])).backgroundColor", selector)


def test_it_asks_nobody_for_anything_and_complains_of_nothing(browser, page):
    """Every chart is drawn under a policy that allows no code out of text; one file is read, no address asked."""
    browser.open(page)
    browser.driver.get_log("performance")
    browser.open(page)
    assert len(browser.draw_all()) >= 12
    assert browser.messages() == []
    asked = [entry["message"] for entry in browser.driver.get_log("performance")]
    requests = [one for one in asked if '"Network.requestWillBeSent"' in one and "about:blank" not in one]
    assert len(requests) == 1
    assert page.name in requests[0]
    assert browser.run("return performance.getEntriesByType('resource').length") == 0


def test_the_policy_lets_no_other_script_run(browser, page):
    """Neither an element without one of the page's own hashes, nor a handler in an attribute, nor code out of text."""
    browser.open(page)
    browser.run(
        "const script = document.createElement('script'); script.textContent = 'window.broken = 1';"
        "document.body.append(script);"
        "document.body.insertAdjacentHTML('beforeend', '<b onclick=window.broken=1></b>');"
        "document.body.lastChild.click()"
    )
    assert browser.run("return window.broken ?? 'no'") == "no"
    assert len(browser.messages()) == 2
    policy = browser.run("return document.querySelector('meta[http-equiv]').content")
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_makes_the_page_scroll_sideways(browser, page, width):
    """Wide tables scroll in themselves; charts have the width that there is."""
    browser.open(page, width=width)
    browser.draw_all()
    browser.run("document.querySelectorAll('details').forEach((each) => { each.open = true })")
    assert browser.run("return document.documentElement.scrollWidth") <= width
    wide = browser.run(
        "return [...document.querySelectorAll('.plot svg')]"
        ".filter((each) => each.getBoundingClientRect().right > innerWidth + 1).length"
    )
    assert wide == 0


def test_a_new_width_draws_charts_anew(browser, page):
    """Turning a tablet leaves no chart cut off."""
    browser.open(page, width=1280)
    before = browser.frame("steady-requests")["width"]
    browser.cdp(
        "Emulation.setDeviceMetricsOverride", {"width": 500, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    )
    browser.until(
        "const frame = document.querySelector('#steady-requests path.background');"
        "return frame.getBoundingClientRect().width < arguments[0]",
        before - 50,
    )


def test_the_theme_follows_the_system_and_the_button(browser, page):
    """Dark where the system is, light at a click, remembered; charts take the colours with them."""
    browser.open(page)
    browser.see("#steady-requests")
    ink = "return getComputedStyle(document.querySelector('#steady-requests .role-axis-label text')).fill"
    light, light_ink = background(browser), browser.run(ink)
    browser.cdp("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": "dark"}]})
    dark, dark_ink = background(browser), browser.run(ink)
    assert light == "rgb(255, 255, 255)"
    assert dark == "rgb(20, 23, 28)"
    assert light_ink != dark_ink
    browser.run("document.getElementById('theme').click()")
    assert background(browser) == light
    browser.driver.refresh()
    assert background(browser) == light
    browser.run("localStorage.clear()")


def test_paper_is_light_and_has_the_charts(browser, page):
    """Printing draws what was never on the screen, and dark readers print black on white."""
    browser.open(page)
    browser.cdp("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": "dark"}]})
    assert background(browser) == "rgb(20, 23, 28)"
    pdf = base64.b64decode(browser.cdp("Page.printToPDF", {"printBackground": True})["data"])
    assert pdf.startswith(b"%PDF")
    assert pdf.count(b"/Type /Page\n") >= 3
    browser.until("return document.querySelector('#steady-load-average-5min').dataset.drawn === 'yes'")
    browser.cdp(
        "Emulation.setEmulatedMedia",
        {"media": "print", "features": [{"name": "prefers-color-scheme", "value": "dark"}]},
    )
    assert background(browser) == "rgb(255, 255, 255)"
    assert browser.run("return getComputedStyle(document.querySelector('.bar')).display") == "none"


def test_paper_has_every_ranking_and_load(browser, page):
    """Whatever is chosen: a table of each, a chart of what was asked for or chosen. Then the screen is as before."""
    shown = (
        "return [...document.querySelectorAll('[data-objective], figure[data-kind=ranking], [data-phase]')]"
        ".filter((each) => each.checkVisibility())"
        ".map((each) => each.id || each.dataset.objective || each.dataset.phase)"
    )
    browser.open(page, "#objective=memory&open=ranking&open=histories", width=3840)
    screen = browser.run(shown)
    assert screen == ["memory", "ranking-memory", "steady"]
    browser.run("dispatchEvent(new Event('beforeprint'))")
    browser.cdp("Emulation.setEmulatedMedia", {"media": "print"})
    asked = {"mean", "p50", "p90", "p99", "cpu", "memory", "throughput"}
    paper = browser.run(shown)
    assert set(paper) & asked == asked
    charts = [each for each in paper if each.startswith("ranking-")]
    assert 0 < len(charts) < 4
    assert "ranking-memory" in charts
    browser.until("return document.querySelector('#ranking-memory').dataset.drawn === 'yes'")
    assert browser.run("return document.querySelector('#ranking-memory svg').viewBox.baseVal.width") < 800
    browser.run("dispatchEvent(new Event('afterprint'))")
    browser.cdp("Emulation.setEmulatedMedia", {"media": ""})
    browser.until(f"{shown.replace('return ', 'const its = ')}; return its.join() === arguments[0]", ",".join(screen))
    browser.until("return document.querySelector('#ranking-memory svg').viewBox.baseVal.width > 1500")


def test_without_javascript_there_are_words_and_tables(browser, page):
    """Every objective's ranking is there, no button that does nothing, and it is said why there are no charts."""
    browser.cdp("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.open(page)
        for head in browser.driver.find_elements("css selector", ".part > summary"):
            head.send_keys(Keys.ENTER)
        text = browser.driver.find_element("tag name", "body").text
        buttons = [each for each in browser.driver.find_elements("css selector", "button") if each.is_displayed()]
    finally:
        browser.cdp("Emulation.setScriptExecutionDisabled", {"value": False})
    assert "The chart needs JavaScript" in text
    assert "Lowest p99 of response times" in text
    assert "Least memory" in text
    assert buttons == []
