"""The limit on the page of a capacity run can be moved, and the capacities follow."""

import pytest

from support.curves import a_capacity_run, a_run_of_capacities, add_curve_trial
from support.small_run import BROKEN, PASSED
from wsgibench.analysis.verdict import verdict_of
from wsgibench.report.page import page_of

READ = "return document.getElementById('read-off').textContent"
HEAD = "return document.getElementById('read-off-head').textContent"
LIMITS = "return document.getElementById('read-off-limits').textContent.replaceAll('\\u00a0', ' ')"
SAID = "return document.getElementById('said').textContent"
DRAWN = "return document.getElementById('curve').dataset.drawn === 'yes'"


@pytest.fixture(scope="module")
def curve_page(tmp_path_factory):
    """Two stacks, three blocks."""
    capacities = {"gunicorn": (85, 86, 85), "waitress": (45, 46, 45)}
    return a_page(tmp_path_factory.mktemp("runs"), capacities)


def a_page(parent, capacities, **plan):
    """Of a run with these capacities."""
    folder = a_run_of_capacities(parent, capacities, **plan)
    path = parent / "report.html"
    path.write_text(page_of(folder, verdict_of(folder)), encoding="utf-8")
    return path


def shown(browser, path, view=""):
    """What the page says of capacities: by stack, with the head and the limits."""
    browser.open(path, view)
    browser.until(DRAWN)
    rows = browser.run(
        "return [...document.querySelectorAll('#read-off div')]"
        ".map((row) => [row.children[0].textContent.trim(), row.children[1].textContent])"
    )
    return browser.run(HEAD), browser.run(LIMITS), dict(rows)


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


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (360, 740)])
def test_seven_stacks_and_several_limits_are_readable(browser, tmp_path, width, height):
    """Curves and control on the first screen, a line for each stack, nothing cut off."""
    stacks = ("werkzeug", "gunicorn", "uwsgi", "uwsgi-http", "nginx+gunicorn", "nginx+uwsgi", "nginx+uwsgi-http")
    capacities = {stack: (42 + 8 * place,) * 3 for place, stack in enumerate(stacks)}
    page = a_page(tmp_path, capacities, limits=("p99 < 100ms", "p50 < 50ms", "errors < 0.1%"))
    browser.open(page, width=width, height=height)
    browser.until(DRAWN)
    bottoms = browser.run(
        "return ['#curve .plot', '#limit'].map((each) => document.querySelector(each).getBoundingClientRect().bottom)"
    )
    assert max(bottoms) <= height
    assert browser.run("return document.documentElement.scrollWidth") == width
    rows = browser.run(
        "return [...document.querySelectorAll('#read-off div')].map((row) => [row.children[0].textContent.trim(),"
        "Math.max(...[...row.children].map((each) => each.getBoundingClientRect().right))])"
    )
    assert {stack for stack, _ in rows} == set(stacks)
    assert max(right for _, right in rows) <= width


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


def test_a_finger_moves_the_limit_and_chooses(browser, curve_page):
    """On a phone: by drawing along the slider, by touching a percentile, and back to the run's own."""
    browser.open(curve_page, width=360, height=740)
    browser.until(DRAWN)
    own = browser.run(READ)
    left, right, y = browser.run(
        "const box = document.getElementById('limit').getBoundingClientRect();"
        "return [box.left, box.right, box.top + box.height / 2]"
    )
    place = "return document.getElementById('limit').valueAsNumber / document.getElementById('limit').max"
    share = browser.run(place)
    browser.touch(
        (left + share * (right - left), y), (left + 0.7 * (right - left), y), (left + 0.9 * (right - left), y)
    )
    assert browser.run(place) == pytest.approx(0.9, abs=0.06)
    assert browser.run(HEAD) == "Read off this run's curve"
    assert browser.run(SAID)
    moved = browser.run("return document.getElementById('limit-said').textContent")
    for name, touched in (("p50", "input[name=percentile][value=p50]"), ("p99", "#limit-own")):
        browser.touch(
            browser.run(
                "const box = document.querySelector(arguments[0]).getBoundingClientRect();"
                "return [box.left + box.width / 2, box.top + box.height / 2]",
                touched,
            )
        )
        assert browser.run("return document.querySelector('input[name=percentile]:checked').value") == name
        assert (browser.run("return document.getElementById('limit-said').textContent") == moved) == (name == "p50")
    assert browser.run(READ) == own


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


def test_a_limit_of_the_p999_moves_along_the_p999(browser, tmp_path):
    """Which can be chosen where there is such a limit, and is at first."""
    path = a_page(tmp_path, {"gunicorn": (85, 86, 85)}, limits=["p999 < 200ms"])
    head, limits, capacities = shown(browser, path)
    assert browser.run("return document.querySelector('input[name=percentile]:checked').value") == "p999"
    assert (head, limits) == ("By the run's own limit", "p999 < 200 ms and errors < 0.1 %")
    assert browser.run("return document.querySelector('.ranks td:nth-child(4)').textContent") in capacities["gunicorn"]
    of_the_p999, of_the_p99 = (
        float(shown(browser, path, f"#percentile={name}&limit=201")[2]["gunicorn"].partition("/s")[0])
        for name in ("p999", "p99")
    )
    assert 40 < of_the_p999 < 80 < of_the_p99


def test_of_two_limits_of_response_times_both_are_named_and_both_hold(browser, tmp_path):
    """Each can be moved: the other stays, and the page says which decides."""
    path = a_page(tmp_path, {"gunicorn": (85, 86, 85)}, limits=["p50 < 12ms", "p99 < 100ms"])
    head, limits, capacities = shown(browser, path)
    assert (head, limits) == ("By the run's own limit", "p50 < 12 ms, p99 < 100 ms and errors < 0.1 %")
    own = browser.run("return document.querySelector('.ranks td:nth-child(4)').textContent")
    assert own in capacities["gunicorn"]
    assert shown(browser, path, "#percentile=p99")[0] == "By the run's own limit"
    head, limits, capacities = shown(browser, path, "#percentile=p99&limit=300")
    assert (head, limits) == ("Read off this run's curve", "p99 < 300 ms, p50 < 12 ms and errors < 0.1 %")
    assert capacities["gunicorn"].endswith("; p50 < 12 ms decides")
    assert float(capacities["gunicorn"].partition("/s")[0]) < 80


def test_a_limit_that_is_moved_does_not_drop_the_limit_of_errors(browser, tmp_path):
    """Of a stack that sheds load with fast errors, whose response times keep any limit."""
    shedding = {"gunicorn": {"failing": {90: 0.02, 100: 0.2, 110: 0.3}}}
    path = a_page(tmp_path, {"gunicorn": (300, 300, 300)}, of_trials=shedding)
    head, limits, capacities = shown(browser, path, "#limit=15")
    assert (head, limits) == ("Read off this run's curve", "p99 < 15 ms and errors < 0.1 %")
    assert capacities == {"gunicorn": "80.5/s (80.5 to 80.5); errors < 0.1 % decides"}


def test_a_stack_without_a_place_is_read_off_and_says_so(browser, tmp_path):
    """Beside the run's own figures of others."""
    folder = a_capacity_run(tmp_path, ["gunicorn", "waitress"], blocks=3)
    for block in (1, 2, 3):
        add_curve_trial(folder, 2 * block, "gunicorn", 85, block=block)
        add_curve_trial(folder, 2 * block + 1, "waitress", 45, block=block, gates=(PASSED if block == 1 else BROKEN,))
    path = tmp_path / "report.html"
    path.write_text(page_of(folder, verdict_of(folder)), encoding="utf-8")
    head, _, capacities = shown(browser, path)
    assert head == "By the run's own limit"
    assert [text.endswith("; not ranked, read off the curve") for text in capacities.values()] == [False, True]


def test_where_the_engine_took_too_much_nothing_is_read_off(browser, tmp_path):
    """Its gates were not asked there: the curve goes on weakly, and a capacity is at least its end before that."""
    busy = {"gunicorn": {"engine_cpu_s": {100: 1.9, 110: 1.9}}}
    path = a_page(tmp_path, {"gunicorn": (85, 86, 85)}, of_trials=busy, limits=["p99 < 20ms"])
    head, _, capacities = shown(browser, path)
    assert head == "By the run's own limit"
    assert capacities["gunicorn"].startswith("82.6")
    beyond = {"gunicorn": "at least 90.0/s; beyond that the load engine took too much"}
    assert shown(browser, path, "#limit=700")[2] == beyond
    assert shown(browser, path, "#limit=18")[2]["gunicorn"].startswith("79.4")
    parts = browser.run(
        "return [...document.querySelectorAll('#curve .mark-line path')]"
        ".map((line) => [line.getAttribute('opacity'), line.getBoundingClientRect().left])"
    )
    (strong, begins), (weak, goes_on) = sorted(parts, key=lambda part: part[1])
    assert (strong, weak) == ("1", "0.4")
    assert begins < goes_on


def test_what_is_broken_in_some_blocks_alone_counts_in_these(browser, tmp_path):
    """Failures from 80/s on in one block, and in the others none, which break the p99 later."""
    failing = {"failing": {80: 0.5, 90: 0.5, 100: 0.5, 110: 0.5}}
    folder = a_capacity_run(tmp_path, ["gunicorn"], limits=["p99 < 100ms", "errors < 10%"])
    for block in (1, 2, 3):
        add_curve_trial(folder, block, "gunicorn", 90, block=block, **(failing if block == 1 else {}))
    path = tmp_path / "report.html"
    path.write_text(page_of(folder, verdict_of(folder)), encoding="utf-8")
    own, moved = (shown(browser, path, view)[2]["gunicorn"] for view in ("#", "#limit=110"))
    [per_s, moved_per_s] = (float(text.partition("/s")[0]) for text in (own, moved))
    assert moved_per_s == pytest.approx(per_s, rel=0.06)
    assert moved.endswith("; errors < 10 % decides")


def test_rates_at_which_a_queue_grew_are_marked(browser, tmp_path):
    """On the line, in the tooltip, in words; and no limit of a response time makes them kept."""
    growing = {"gunicorn": {"pending": {100: 200, 110: 200}}}
    path = a_page(tmp_path, {"gunicorn": (300, 300, 300)}, of_trials=growing)
    for view in ("#", "#limit=15"):
        _, _, capacities = shown(browser, path, view)
        assert capacities["gunicorn"].startswith("94.9/s")
        assert capacities["gunicorn"].endswith("; a queue that grew decides")
    x, y = browser.run(
        "const it = [...document.querySelectorAll('#curve .mark-symbol path')]"
        ".map((mark) => mark.getBoundingClientRect()).filter((box) => box.height > 8).sort((a, b) => a.y - b.y).at(-1);"
        "return [it.x + it.width / 2, it.y + it.height / 2]"
    )
    browser.mouse("mouseMoved", x, y)
    assert "a queue grew" in browser.run("return document.getElementById('tip').textContent")
    assert "Queues grew" in browser.run("return document.querySelector('.curve').innerText")


def test_curves_are_shown_where_no_stack_can_be_ranked(browser, tmp_path):
    """All that is known then is read off them, and the rest of the page works."""
    folder = a_capacity_run(tmp_path, ["gunicorn"], blocks=3)
    for block in (1, 2, 3):
        add_curve_trial(folder, block, "gunicorn", 85, block=block, gates=(PASSED if block == 1 else BROKEN,))
    path = tmp_path / "report.html"
    path.write_text(page_of(folder, verdict_of(folder)), encoding="utf-8")
    head, _, capacities = shown(browser, path)
    assert head == "Read off this run's curve"
    assert capacities.keys() == {"gunicorn"}
    assert browser.messages() == []
