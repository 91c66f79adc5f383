"""Charts answer: hover, series, zoom, cursor."""

CHART = "steady-requests"
OTHER = "steady-median-response-time"


def lines_in(browser, chart):
    """How many lines with anything to see the chart has."""
    return browser.run(
        "return [...document.querySelectorAll(`#${arguments[0]} .mark-line path`)]"
        ".filter((each) => (each.getAttribute('d') ?? '').length > 0).length",
        chart,
    )


TICKS = (
    "const ticks = [...document.querySelectorAll(`#${arguments[0]} .role-axis-label text`)]"
    ".map((each) => each.textContent).sort();"
)


def ticks_in(browser, chart):
    return browser.run(f"{TICKS} return ticks", chart)


def until_ticks(browser, chart, ticks, *, are):
    """Wait until the chart's axes have these ticks, or others."""
    browser.until(f"{TICKS} return (ticks.join() === arguments[1]) === arguments[2]", chart, ",".join(ticks), are)


def middle(frame):
    return frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] / 2


def test_hover_says_what_each_stack_had_then(browser, page):
    """A tooltip names the moment and every stack with its figure and unit."""
    browser.open(page)
    x, y = middle(browser.frame(CHART))
    browser.mouse("mouseMoved", x, y)
    text = browser.until("const tip = document.getElementById('tip'); return !tip.hidden && tip.textContent")
    assert "waitress" in text
    assert "gunicorn" in text
    assert "requests/s" in text
    browser.mouse("mouseMoved", 2, 450)
    browser.until("return document.getElementById('tip').hidden")


def test_hover_over_percentiles_and_ranking_says_figures_too(browser, page):
    """So no value must be guessed from a dot."""
    browser.open(page)
    for chart, words in (("steady-percentiles", "% within"), ("ranking-mean", "ms")):
        x, y = middle(browser.frame(chart))
        browser.mouse("mouseMoved", x - 40, y)
        text = browser.until("const tip = document.getElementById('tip'); return !tip.hidden && tip.textContent")
        assert words in text


def test_one_cursor_stands_in_all_charts_over_time(browser, page):
    """At the same moment in each; it goes when the pointer does."""
    browser.open(page, height=1600)
    browser.see(f"#{OTHER}")
    x, y = middle(browser.frame(CHART))
    browser.mouse("mouseMoved", x, y)
    shares = browser.until(
        "const shares = arguments[0].map((id) => {"
        "  const cursor = document.querySelector(`#${id} .cursor`)?.getBoundingClientRect();"
        "  const box = document.querySelector(`#${id} path.background`)?.getBoundingClientRect();"
        "  return cursor && box ? (cursor.left - box.left) / box.width : null });"
        "return shares.every((each) => each !== null) && shares",
        [CHART, OTHER],
    )
    assert abs(shares[0] - 0.5) < 0.02
    assert abs(shares[0] - shares[1]) < 0.02
    browser.mouse("mouseMoved", 2, 450)
    browser.until("return !document.querySelector('.cursor')")


def test_a_click_on_a_stack_hides_its_lines_everywhere(browser, page):
    """Also in charts that are drawn later, and again shows them."""
    browser.open(page)
    browser.see(f"#{CHART}")
    before = lines_in(browser, CHART)
    browser.run("document.querySelector('#histories [data-stack=waitress]').click()")
    browser.until("return document.querySelector('#percentiles [data-stack=waitress]').ariaPressed === 'false'")
    browser.see(f"#{OTHER}")
    assert before == 2
    assert lines_in(browser, OTHER) == 1
    browser.see(f"#{CHART}")
    assert lines_in(browser, CHART) == 1
    browser.run("document.querySelector('#histories [data-stack=waitress]').click()")
    browser.until(f"return document.querySelectorAll('#{CHART} .mark-line path').length === 2")


def test_dragging_zooms_all_charts_and_a_double_click_shows_all_again(browser, page):
    """Into the dragged part of the time."""
    browser.open(page, height=1600)
    browser.see(f"#{OTHER}")
    frame = browser.frame(CHART)
    whole = ticks_in(browser, OTHER)
    y = frame["y"] + frame["height"] / 2
    browser.drag(frame["x"] + frame["width"] * 0.25, frame["x"] + frame["width"] * 0.5, y)
    browser.until("return location.hash.includes('from=')")
    until_ticks(browser, OTHER, whole, are=False)
    for clicks in (1, 2):
        browser.mouse("mousePressed", *middle(frame), clicks=clicks)
        browser.mouse("mouseReleased", *middle(frame), clicks=clicks)
    browser.until("return !location.hash.includes('from=')")
    until_ticks(browser, OTHER, whole, are=True)


def test_the_wheel_zooms_with_ctrl_and_scrolls_without(browser, page):
    """A page that catches the wheel cannot be read."""
    browser.open(page)
    x, y = middle(browser.frame(CHART))
    wheel = {"type": "mouseWheel", "x": x, "y": y, "deltaX": 0, "deltaY": -100}
    browser.mouse("mouseMoved", x, y)
    browser.cdp("Input.dispatchMouseEvent", wheel)
    assert "from=" not in browser.run("return location.hash")
    browser.frame(CHART)
    browser.cdp("Input.dispatchMouseEvent", wheel | {"modifiers": 2})
    browser.until("return location.hash.includes('from=')")


def test_a_block_is_shown_alone(browser, page):
    """Its time is the whole axis then, and the clock of the trials counts from zero."""
    browser.open(page)
    browser.see(f"#{CHART}")
    whole = ticks_in(browser, CHART)
    browser.run(
        "const select = document.getElementById('block'); select.value = '2';select.dispatchEvent(new Event('change'))"
    )
    assert "block=2" in browser.run("return location.hash")
    until_ticks(browser, CHART, whole, are=False)
    browser.run("document.querySelector('#clock input[value=trial]').click()")
    browser.until(f"{TICKS} return ticks.includes('0 s')", CHART)
    assert lines_in(browser, CHART) == 2
