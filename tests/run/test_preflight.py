"""What the load will ask is asked first, of one stack: what is not right ends the run, and says what to do."""

import time
from pathlib import Path

import msgspec
import pytest

from run.conftest import failed_gates, only_folder, trials_of
from support.answering import Answer, answering, every, fixed, response
from support.command import APPS, Ended, run_wsgibench, serving, went_well
from support.records import a_run
from wsgibench.deploy.preflight import Inquiry, Preflight
from wsgibench.errors import AnswerError, StartError
from wsgibench.model.address import Tcp
from wsgibench.model.load import Requests
from wsgibench.model.stack import parse_stack
from wsgibench.runs.folder import RunFolder

LOAD = ("--blocks", "1", "--duration", "1s", "--rate", "100/s", "--pictures", "off")


def run(app: str, *arguments: str, out: Path, stacks: tuple[str, ...] = ("gunicorn", "waitress")) -> Ended:
    named = ("--app", f"{app}:app", "--chdir", str(APPS), "--out", str(out))
    return run_wsgibench("run", *stacks, *named, *LOAD, *arguments)


@pytest.mark.parametrize(
    ("app", "more", "said"),
    [
        ("shortener", (), ("answers 302 to /", "Location: http://example.org/to/", "--expect 302")),
        ("https_only", (), ("answers 301 to /", "Location: https://localhost/", "--forwarded-proto https")),
        ("fails", (), ("answers 500 to /", "    return [prices[", "  KeyError: 'tea'")),
        ("status_varies", ("--workers", "1"), ("answers 200 to / and then 404.", "--path")),
    ],
)
def test_what_is_wrong_with_the_app_ends_the_run_at_once(
    tmp_path: Path, app: str, more: tuple[str, ...], said: tuple[str, ...]
) -> None:
    """With what was seen and what to do; no load is sent, and no trial is left."""
    ended = run(app, *more, out=tmp_path)
    assert ended.code == 2, ended.err
    for words in said:
        assert words in ended.err
    assert "so the run ends here" in ended.err
    assert trials_of(only_folder(tmp_path)) == []
    assert RunFolder.open(only_folder(tmp_path)).read_run().status == "failed"


def test_a_page_below_a_prefix_that_nobody_mounted_is_told(tmp_path: Path) -> None:
    """By asking for what follows it."""
    ended = run("only_at_root", "--path", "/shop/", out=tmp_path)
    assert ended.code == 2
    assert "What follows /shop is answered right" in ended.err
    assert "--prefix /shop" in ended.err


def test_known_needs_are_met_on_every_stack(tmp_path: Path) -> None:
    """They stand in the record, too, and are said."""
    stacks = ("waitress", "nginx+granian")
    ended = run("https_only", "--forwarded-proto", "https", "--prefix", "/shop", out=tmp_path, stacks=stacks)
    assert went_well(ended.code, ended.err), ended.err
    trials = trials_of(only_folder(tmp_path))
    assert len(trials) == len(stacks)
    for trial in trials:
        assert not {"start", "errors", "wrong-bodies"} & {*failed_gates(trial)}
        assert trial["phases"]["steady"]["outcomes"]["ok"] > 50
    plan = RunFolder.open(only_folder(tmp_path)).read_run().plan
    assert (plan.setup.prefix, plan.setup.forwarded_proto) == ("/shop", "https")
    assert "The app is mounted below /shop." in ended.err


@pytest.mark.parametrize("engine", ["native", "locust"])
def test_a_page_that_shows_the_request_is_the_same_under_load(tmp_path: Path, engine: str) -> None:
    """Whatever asks, asks the same."""
    load = ("--users", "20", "--spawn-rate", "200", "--duration", "1s", "--blocks", "1", "--pictures", "off")
    app = ("--app", "shows_the_request:app", "--chdir", str(APPS), "--engine", engine)
    ended = run_wsgibench("run", "gunicorn", *app, *load, "--out", str(tmp_path))
    assert went_well(ended.code, ended.err), ended.err
    [trial] = trials_of(only_folder(tmp_path))
    assert {outcome for outcome, count in trial["phases"]["users"]["outcomes"].items() if count} == {"ok"}


def test_needs_may_stand_in_the_configuration(tmp_path: Path) -> None:
    """One status, as a number. Requests that may write are warned of, once."""
    text = f'app = "shortener:app"\nchdir = "{APPS}"\nexpect = 302\nprefix = "/s"\nmethod = "POST"\n'
    (tmp_path / "wsgibench.toml").write_text(text)
    ended = run_wsgibench("run", "waitress", *LOAD, cwd=tmp_path)
    assert went_well(ended.code, ended.err), ended.err
    plan = RunFolder.open(only_folder(tmp_path / "runs")).read_run().plan
    assert (plan.requests.expect, plan.requests.method, plan.setup.prefix) == ((302,), "POST", "/s")
    assert ended.err.count("POST requests may write") == 1
    assert "data that you can lose" in ended.err


def test_an_app_that_limits_rates_is_told_by_its_status(tmp_path: Path) -> None:
    """It answers right until it is loaded; then the first look ends the run, not a table of failures."""
    began_s = time.monotonic()
    ended = run("rate_limited", "--workers", "1", out=tmp_path)
    assert ended.code == 2, ended.err
    assert "answers 429 to /" in ended.err
    assert "rate limit" in ended.err
    assert time.monotonic() - began_s < 30


def test_stacks_that_alone_break_the_answer_leave_the_run_to_the_others(tmp_path: Path) -> None:
    """One sends what nobody can read, one refuses to send it; whichever comes first, the third is measured."""
    ended = run("own_framing", out=tmp_path, stacks=("uwsgi-http-socket", "waitress", "gunicorn"))
    assert went_well(ended.code, ended.err), ended.err
    by_server = {trial["stack"]["server"]: trial for trial in trials_of(only_folder(tmp_path))}
    failed = {server: "start" in failed_gates(trial) for server, trial in by_server.items()}
    assert failed == {"uwsgi-http-socket": True, "waitress": True, "gunicorn": False}
    assert "Transfer-Encoding is a" in by_server["waitress"]["error"]


def test_serve_says_what_the_page_answers_and_serves_it() -> None:
    """It may be meant so."""
    with serving("gunicorn", "--app", "shortener:app", "--chdir", str(APPS), "--prefix", "/s") as (url, process):
        assert url.endswith("/s")
        assert process.stderr is not None
        lines = [process.stderr.readline() for _ in range(2)]
    assert "It answers 302 to /s/.\n" in lines
    assert "Location: http://example.org/to/\n" in lines


def inquiry(server_port: int, label: str = "gunicorn", **requests: object) -> Inquiry:
    asked = Requests(**{"paths": ("/",), **requests})
    plan = msgspec.structs.replace(a_run().plan, requests=asked, start_timeout_s=1.0)
    return Inquiry(plan, parse_stack(label), Tcp(port=server_port), lambda: "", ())


def check(answer: Answer, **more: object) -> list[str]:
    """What the preflight says of a server that answers so."""
    with answering(answer) as server:
        return list(Preflight(["/"], 1, stacks=2, start_timeout_s=1.0).check(inquiry(server.port, **more)))


def test_a_page_that_is_right_says_nothing() -> None:
    assert check(fixed(response())) == []


def test_a_page_that_varies_by_itself_is_named_and_no_reason_to_end() -> None:
    """A time, a token: its status still counts."""

    def answer(connection, _head: bytes, number: int) -> bool:
        connection.sendall(response(str(number).encode()))
        return True

    [said] = check(answer)
    assert said.startswith("/ has another body each time")


def test_a_status_that_varies_ends_the_run() -> None:
    with pytest.raises(AnswerError, match=r"'gunicorn' answers 200 to / and then 404\."):
        check(every(2, fixed(response(status="404 Not Found")), fixed(response())))


def test_an_answer_without_end_ends_the_run_in_time() -> None:
    """Bytes that come now and then do not extend it."""

    def drip(connection, _head: bytes, _number: int) -> bool:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n")
        return all(fixed(b"x", delay_s=0.1)(connection, b"", 0) for _ in range(100))

    began_s = time.monotonic()
    with pytest.raises(AnswerError, match=r"does not end within 1\.0 s"):
        check(drip)
    assert time.monotonic() - began_s < 5


def test_a_server_that_breaks_off_is_the_stacks_fault() -> None:
    """And so is what a proxy says of one."""
    with pytest.raises(StartError) as caught:
        check(fixed(b"", go_on=False))
    assert not isinstance(caught.value, AnswerError)
    with pytest.raises(StartError, match="answers 502") as caught:
        check(fixed(response(status="502 Bad Gateway")), label="nginx+gunicorn")
    assert not isinstance(caught.value, AnswerError)


def test_an_app_that_is_not_ready_yet_is_waited_for_unless_that_is_expected() -> None:
    unready = fixed(response(status="503 Service Unavailable"))
    for ready in ({4, 5}, {1, 4}):  # each worker for itself: one may answer before another is ready
        assert check(lambda *asked, ready=ready: (fixed(response()) if asked[2] in ready else unready)(*asked)) == []
    assert check(unready, expect=(503,)) == []
    with pytest.raises(AnswerError, match="answers 503"):
        check(unready)


def test_of_errors_of_its_own_a_second_stack_is_heard() -> None:
    """An app may fail under one server alone. What no server does, ends the run at the first; so does a lone stack."""
    failed, moved = AnswerError("500.", status=500), AnswerError("302.", status=302)
    preflight = Preflight(["/"], 1, stacks=3, start_timeout_s=1.0)
    preflight.judge(failed)
    with pytest.raises(AnswerError, match=r"500\."):
        preflight.judge(failed)
    for error, stacks in ((moved, 3), (failed, 1), (AnswerError("503.", status=503), 3), (AnswerError("No end."), 3)):
        with pytest.raises(AnswerError):
            Preflight(["/"], 1, stacks=stacks, start_timeout_s=1.0).judge(error)


def test_once_a_stack_has_answered_right_the_others_are_to_blame() -> None:
    with answering(fixed(response())) as server:
        preflight = Preflight(["/"], 1, stacks=2, start_timeout_s=1.0)
        assert list(preflight.check(inquiry(server.port))) == []
    preflight.judge(AnswerError("302.", status=302))
