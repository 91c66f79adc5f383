"""The live page, asked by real viewers."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from support.command import APPS, family_of, run_wsgibench, wait_until_gone, went_well
from support.live_page import TOKEN, LivePage, Viewer, ask, news
from support.small_run import a_folder, add_trial, steady_latencies
from wsgibench.cli.live.messages import HOST, Audience
from wsgibench.cli.live.pending_connections import PENDING_MAX
from wsgibench.cli.live.viewer_limit import VIEWERS_MAX
from wsgibench.model.trial import Trial
from wsgibench.runs import RunFolder

RUN = ("run", "gunicorn", "waitress", "--app", "hello:app", "--chdir", str(APPS), "--connections", "2")
RUN += ("--warmup", "200ms", "--pictures", "off")


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    """A run of one trial that goes on."""
    made = a_folder(tmp_path, ["gunicorn", "waitress"], blocks=9)
    made.write_run(msgspec.structs.replace(made.read_run(), status="running"))
    add_trial(made, 1, "gunicorn", {"steady": steady_latencies(3, 4)})
    return made


@pytest.fixture
def page(folder: RunFolder) -> Iterator[LivePage]:
    with LivePage(folder.path) as served:
        yield served


def test_the_page_is_that_of_the_folder_and_follows_it(page: LivePage, folder: RunFolder) -> None:
    """Live while the run goes on, with every new trial, and an ordinary report when it is over."""
    answer = ask(page.url)
    assert answer.status == 200
    assert len(answer.text.encode()) == int(answer.headers["Content-Length"])
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert 'id="live"' in answer.text
    assert "connect-src &#39;self&#39;" in answer.text
    add_trial(folder, 2, "waitress", {"steady": steady_latencies(3, 4)})
    folder.write_run(msgspec.structs.replace(folder.read_run(), status="done"))
    after = ask(page.url).text
    assert 'id="live"' not in after
    assert "connect-src" not in after
    assert "0002-waitress" in after


def test_no_page_is_made_while_something_is_measured(page: LivePage, folder: RunFolder) -> None:
    """Whoever has one gets it again; the newer one is made between blocks."""
    with Viewer(page.url) as viewer:
        page.tell(news(1, under_load=True))
        assert viewer.next()
        before = ask(page.url)
        assert before.status == 200, "the first is made in any case"
        add_trial(folder, 2, "waitress", {"steady": steady_latencies(3, 4)})
        assert ask(page.url).text == before.text
        page.tell(news(2))
        assert viewer.next()
        assert "0002-waitress" in ask(page.url).text


def test_every_answer_is_guarded(page: LivePage) -> None:
    """No other site may frame, read, guess or store it."""
    for answer in (ask(page.url), ask(page.url, "/")):
        assert answer.headers["Content-Security-Policy"] == "frame-ancestors 'none'"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert "Python" not in answer.headers["Server"]


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "",
        f"/{TOKEN}",
        f"/{TOKEN}/run.json",
        f"/{TOKEN}/../run.json",
        f"/{TOKEN}//",
        "/wrong/",
        "/wrong/events",
        "//",
    ],
)
def test_nothing_else_is_there(page: LivePage, path: str) -> None:
    """No file of the folder, no listing, and nothing without the token."""
    answer = ask(page.url, path or "*")
    assert answer.status == 404
    assert answer.text == "Not Found\n"


@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT", "DELETE", "OPTIONS", "BREW"])
def test_it_can_only_be_read(page: LivePage, method: str) -> None:
    """Whatever the method is called."""
    answer = ask(page.url, method=method)
    assert answer.status == 405
    assert answer.headers["Allow"] == "GET"


def test_another_name_for_this_address_is_refused(page: LivePage) -> None:
    """A site that makes its own name lead to loopback gets nothing (DNS rebinding); localhost is ours."""
    for host in ("evil.example", f"evil.example:{page.port}", HOST, f"{HOST}:{page.port + 1}", ""):
        assert ask(page.url, host=host).status == 421, host
    assert ask(page.url, host=f"localhost:{page.port}").status == 200


def test_what_is_no_http_is_answered_or_dropped(page: LivePage) -> None:
    """And the page is served afterwards."""
    for sent in (
        b"\r\n\r\n",
        b"GET\r\n\r\n",
        b"\x16\x03\x01\x00\xa5\x01\r\n\r\n",
        b"GET /" + b"a" * 70_000 + b"\r\n\r\n",
    ):
        with socket.create_connection((HOST, page.port), timeout=10) as connection:
            connection.sendall(sent)
            assert b"Traceback" not in connection.recv(65_536)
    assert ask(page.url).status == 200


def test_viewers_get_each_issue_and_are_counted(page: LivePage) -> None:
    """Whoever comes later gets the latest at once; whoever leaves is missed; the most at once is remembered."""
    with Viewer(page.url) as first:
        assert page.audience() == Audience(now=1, most=1)
        page.tell(news(1))
        assert first.next() == news(1)
        with Viewer(page.url) as second:
            assert page.audience() == Audience(now=2, most=2)
            assert second.next() == news(1)
            page.tell(news(2))
            assert [viewer.next() for viewer in (first, second)] == [news(2)] * 2
        assert page.audience() == Audience(now=1, most=2)
    assert page.audience() == Audience(now=0, most=2)


def test_a_stuck_viewer_holds_up_nobody(page: LivePage) -> None:
    """It reads nothing while far more is published than any buffer holds; the others get the latest issue."""
    with socket.socket() as stuck, Viewer(page.url) as other:
        stuck.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        stuck.connect((HOST, page.port))
        stuck.sendall(f"GET /{TOKEN}/events HTTP/1.1\r\nHost: {HOST}:{page.port}\r\n\r\n".encode())
        assert page.audience(), page.audience()
        for block in range(1, 20_000):
            page.tell(news(block))
        while (issue := other.next()) is not None and issue.snapshot.block < 19_999:
            pass
        assert issue is not None


def test_there_is_a_seat_for_so_many_and_no_more(page: LivePage) -> None:
    """A ninth viewer is told so, and when to ask again; the page itself can still be seen."""
    with ExitStack() as stack:
        for _ in range(VIEWERS_MAX):
            stack.enter_context(Viewer(page.url))
            page.audience()
        ninth = ask(f"{page.url}events")
        assert ninth.text == f"retry: 10000\n\nevent: full\ndata: {VIEWERS_MAX}\n\n"
        assert ask(page.url).status == 200


def test_connections_that_say_nothing_keep_nobody_out(page: LivePage) -> None:
    """However many there are, and even where they say a little; the oldest are closed, so they do not pile up."""
    with ExitStack() as stack:
        silent = [
            stack.enter_context(socket.create_connection((HOST, page.port), timeout=10)) for _ in range(PENDING_MAX + 1)
        ]
        for connection in silent[1:]:
            connection.sendall(b"G")
        assert silent[0].recv(1) == b""
        assert ask(page.url).status == 200
        assert page.audience() == Audience(now=0, most=1)
        with Viewer(page.url):
            assert page.audience() == Audience(now=1, most=1)


def test_a_head_has_no_body(page: LivePage) -> None:
    """Not even that of a refusal."""
    with socket.create_connection((HOST, page.port), timeout=10) as connection, connection.makefile("rb") as answer:
        connection.sendall(f"HEAD /{TOKEN}/ HTTP/1.1\r\nHost: {HOST}:{page.port}\r\n\r\n".encode())
        said = answer.read()
    assert said.startswith(b"HTTP/1.0 405 ")
    assert said.endswith(b"\r\n\r\n")


def no_file_for_a_record(folder: RunFolder) -> Trial:
    """A second trial whose record is a pipe; the trial that it should be of."""
    trial = add_trial(folder, 2, "waitress", {"steady": steady_latencies(5.0, 2)})
    record = folder.path / "trials" / trial.folder / "trial.json"
    record.unlink()
    os.mkfifo(record)
    return trial


def test_a_page_that_cannot_be_made_is_told_of_and_the_one_before_stays(page: LivePage, folder: RunFolder) -> None:
    """Whatever the reason is, here a record that is no file; when it is mended there is a new page."""
    first = ask(page.url)
    trial = no_file_for_a_record(folder)
    assert ask(page.url).text == first.text
    with socket.create_connection((HOST, page.port), timeout=10) as connection, connection.makefile("rb") as answer:
        connection.sendall(f"GET /{TOKEN}/events HTTP/1.1\r\nHost: {HOST}:{page.port}\r\n\r\n".encode())
        while not (line := answer.readline()).startswith(b"event: "):
            assert line
        assert line == b"event: trouble\n"
        assert answer.readline().startswith(b'data: "The page could not be made: ')
    folder.trial(trial).write(msgspec.structs.replace(trial, status="failed", error="It ended."))
    assert "0002-waitress" in ask(page.url).text


def test_a_first_page_that_cannot_be_made_is_told_of(page: LivePage, folder: RunFolder) -> None:
    """And asked for again by the browser itself."""
    no_file_for_a_record(folder)
    answer = ask(page.url)
    assert (answer.status, answer.headers["Refresh"]) == (500, "10")
    assert re.fullmatch(r"The page could not be made: .*trial\.json.*\nIt is tried again in a moment\.\n", answer.text)


def test_it_ends_with_the_run_that_feeds_it(page: LivePage) -> None:
    """At once where nobody watches, as when the run is killed."""
    began = time.monotonic()
    assert page.process.stdin is not None
    page.process.stdin.close()
    assert page.process.wait(10) == 0
    assert time.monotonic() - began < 2


def test_who_watches_to_the_end_gets_the_finished_report(page: LivePage, folder: RunFolder) -> None:
    """The last issue ends the stream, and the page is served once more before the process ends."""
    with Viewer(page.url) as viewer:
        page.audience()
        folder.write_run(msgspec.structs.replace(folder.read_run(), status="done"))
        page.tell(news(9, over=True))
        assert page.process.stdin is not None
        page.process.stdin.close()
        assert viewer.next() == news(9, over=True)
        assert viewer.next() is None
    assert 'id="live"' not in ask(page.url).text
    assert page.process.wait(10) == 0


class _Run:
    """``wsgibench run --serve`` in the background."""

    def __init__(self, out: Path, *arguments: str) -> None:
        self.out = out
        self.process = subprocess.Popen(
            (sys.executable, "-m", "wsgibench", *RUN, "--serve", "--out", str(out), *arguments),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"NO_COLOR": "1"},
        )
        assert self.process.stderr is not None
        found = re.search(r"http://127\.0\.0\.1:\d+/[\w-]{22}/", self.process.stderr.readline())
        assert found
        self.url = found[0]

    def record(self) -> dict[str, object]:
        [folder] = self.out.glob("*/")
        found: dict[str, object] = json.loads((folder / "run.json").read_bytes())
        return found

    def is_served(self) -> bool:
        parts = urlsplit(self.url)
        with socket.socket() as probe:
            return probe.connect_ex((parts.hostname, parts.port)) == 0


def test_a_run_is_watched_from_its_first_block_to_its_report(tmp_path: Path) -> None:
    """News about once a second; in the end the report, the viewers in the record, and nothing left running."""
    run = _Run(tmp_path, "--duration", "4s", "--blocks", "2")
    family = family_of(run.process.pid)
    with Viewer(run.url) as viewer:
        times, issues = [], []
        while (issue := viewer.next()) is not None:
            issues.append(issue)
            times.append(time.monotonic())
    gaps = sorted(after - before for before, after in pairwise(times))
    assert 0.5 < gaps[len(gaps) // 2] < 2
    assert issues[-1].over
    assert {issue.snapshot.block for issue in issues} >= {1, 2}
    assert all(row.done == 2 for row in issues[-1].snapshot.rows)
    report = ask(run.url).text
    assert 'id="live"' not in report
    assert "<dt>watched live by</dt><dd>1 viewer at once</dd>" in report
    _, said = run.process.communicate(timeout=60)
    assert went_well(run.process.returncode, said), said
    assert run.record()["viewers"] == 1
    assert not run.is_served()
    wait_until_gone(family)


def test_ctrl_c_ends_the_page_with_the_run(tmp_path: Path) -> None:
    """Nobody watched: that is in the record, too."""
    run = _Run(tmp_path, "--duration", "60s", "--blocks", "2")
    family = family_of(run.process.pid)
    assert run.is_served()
    run.process.send_signal(signal.SIGINT)
    run.process.communicate(timeout=30)
    assert run.process.returncode == 130
    assert run.record()["viewers"] == 0
    assert run.record()["status"] == "interrupted"
    assert not run.is_served()
    wait_until_gone(family)


def test_a_page_that_dies_does_not_end_the_run(tmp_path: Path) -> None:
    """Whatever becomes of it, the trials are measured."""
    run = _Run(tmp_path, "--duration", "2s", "--blocks", "1")
    [page] = [
        pid for pid in family_of(run.process.pid) if "wsgibench.cli.live" in Path(f"/proc/{pid}/cmdline").read_text()
    ]
    os.kill(page, signal.SIGKILL)
    _, said = run.process.communicate(timeout=60)
    assert went_well(run.process.returncode, said), said
    assert run.record()["status"] == "done"


def test_a_port_that_is_taken_or_none_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    """With exit code 2, a sentence and a hint; no run folder is left."""
    with socket.create_server((HOST, 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = run_wsgibench(*RUN, "--serve", port, "--out", str(tmp_path))
    assert ended.code == 2
    assert f"Port {port} on 127.0.0.1 cannot be used" in ended.err
    assert "--serve 0" in ended.err
    ended = run_wsgibench("run", "--serve", "gunicorn", "--out", str(tmp_path))
    assert (ended.code, "'gunicorn' is no port." in ended.err) == (2, True)
    assert not list(tmp_path.iterdir())


def test_the_token_stands_on_no_command_line(page: LivePage) -> None:
    """Other users of the machine can read those."""
    assert TOKEN not in Path(f"/proc/{page.process.pid}/cmdline").read_text()
    assert TOKEN.encode() not in Path(f"/proc/{page.process.pid}/environ").read_bytes()


@pytest.fixture
def browser() -> Iterator[webdriver.Chrome]:
    """Chromium without a window."""
    missing = [name for name in ("chromium", "chromedriver") if not shutil.which(name)]
    if missing:
        pytest.skip(f"{' and '.join(missing)} not installed (apt install chromium chromium-driver)")
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for argument in ("--headless=new", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    if os.geteuid() == 0:
        options.add_argument("--no-sandbox")  # Chromium's own sandbox does not work as root
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    yield driver
    driver.quit()


def until(browser: webdriver.Chrome, script: str, within_s: float = 20.0) -> None:
    """Return when the script says so."""
    end = time.monotonic() + within_s
    while not browser.execute_script(f"return {script}"):
        assert time.monotonic() < end, (script, browser.page_source[:4000])
        time.sleep(0.05)


def test_a_browser_follows_the_run(browser: webdriver.Chrome, page: LivePage, folder: RunFolder) -> None:
    """Figures each second, the page anew with each block, the report in the end, whose view stays; no complaint."""
    browser.get(f"{page.url}#objective=mean")
    assert page.audience().most == 1
    page.tell(news(1))
    until(browser, "document.querySelector('#live tbody th')?.textContent === '▸ gunicorn'")
    assert "Block 1 of 9" in browser.find_element("id", "live").text
    assert "Block 1 of at most 9" in browser.find_element("id", "said").get_attribute("textContent")
    assert "0002-waitress" not in browser.page_source
    add_trial(folder, 2, "waitress", {"steady": steady_latencies(3, 4)})
    page.tell(news(2))
    until(browser, "document.body?.textContent.includes('0002-waitress')")
    until(browser, "document.querySelector('#live p')?.textContent.startsWith('Block 2 of 9')")
    folder.write_run(msgspec.structs.replace(folder.read_run(), status="done"))
    page.tell(news(2, over=True))
    until(browser, "document.readyState === 'complete' && !document.getElementById('live')")
    assert browser.current_url.endswith("#objective=mean")
    complaints = [entry for entry in browser.get_log("browser") if "favicon" not in entry["message"]]
    assert not complaints


def test_a_browser_says_when_the_run_answers_no_more(browser: webdriver.Chrome, page: LivePage) -> None:
    """Instead of asking for ever; what was known stays on the page."""
    browser.get(page.url)
    page.tell(news(1))
    until(browser, "document.querySelector('#live tbody th')")
    page.process.kill()
    until(browser, "document.querySelector('#live p').textContent.startsWith('The run answers no more')", within_s=40)
    assert browser.find_element("css selector", "#live tbody th").text == "▸ gunicorn"


def test_a_browser_without_a_seat_is_told_so_and_gets_one_later(browser: webdriver.Chrome, page: LivePage) -> None:
    """The run has not gone: the page says that too many watch, and goes on when one leaves."""
    with ExitStack() as stack:
        for _ in range(VIEWERS_MAX):
            stack.enter_context(Viewer(page.url))
            page.audience()
        browser.get(page.url)
        until(browser, "document.querySelector('#live p').textContent.startsWith('8 watch this run already')")
    page.tell(news(1))
    until(browser, "document.querySelector('#live tbody th')", within_s=40)
    assert "Block 1 of 9" in browser.find_element("css selector", "#live p").text


def test_a_browser_says_that_its_page_is_an_older_one(
    browser: webdriver.Chrome, page: LivePage, folder: RunFolder
) -> None:
    """The table goes on; when the run is over, the page stays, and says how to make it again."""
    browser.get(page.url)
    page.tell(news(1))
    until(browser, "document.querySelector('#live tbody th')")
    no_file_for_a_record(folder)
    page.tell(news(2))
    until(browser, "document.getElementById('trouble')?.checkVisibility()")
    assert "trial.json" in browser.find_element("id", "trouble").text
    until(browser, "document.querySelector('#live p').textContent.startsWith('Block 2 of 9')")
    page.tell(news(2, over=True))
    until(browser, "document.querySelector('#live p').textContent.startsWith('The run is over.')")
    assert "0001-gunicorn" in browser.page_source
