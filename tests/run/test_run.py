"""``wsgibench run`` from end to end, on real stacks."""

import csv
import json
from pathlib import Path

import msgspec
import pytest

from run.conftest import assert_borne_out, do_quick_run, failed_gates, only_folder, trials_of
from support.command import APPS, Ended, run_wsgibench, went_well
from wsgibench.model.recording import BUCKETS
from wsgibench.model.setup import ARTICLE_SETUP
from wsgibench.model.slots import slots_of
from wsgibench.model.stack import Stack
from wsgibench.runs.folder import RunFolder

LONG = pytest.mark.long
"""What is much like its neighbour, or is decided in tests/bench or tests/unit, too."""


def test_a_run_leaves_all_that_the_design_names(quick_run, tmp_path: Path) -> None:
    """Record, recordings, monitor, configuration, logs, table, pictures; and nothing is left running or lying about."""
    ended, folder, trials = quick_run("gunicorn", "nginx+uwsgi", "--seed", "7", "--pictures", "on")
    assert went_well(ended.code, ended.err), ended.err
    assert {trial["stack"]["server"] for trial in trials} == {"gunicorn", "uwsgi"}
    for trial in trials:
        assert trial["status"] == "done"
        assert failed_gates(trial) == []
        figures = trial["phases"]["users"]
        assert figures["outcomes"]["ok"] > 30
        assert 0 < figures["p50_s"] < 0.5
        assert trial["pss_bytes"] > 10**6
        assert figures["server_cpu_s"] > 0
        assert (figures["proxy_cpu_s"] is not None) == (trial["stack"]["proxy"] == "nginx")
        place = next(folder.glob(f"trials/{trial['number']:04d}-*"))
        assert {"users.npz", "monitor.json", "config", "logs"} <= {path.name for path in place.iterdir()}
        assert list((place / "config").glob("*gunicorn*")) or list((place / "config").glob("uwsgi*"))
    with (folder / "results.csv").open() as file:
        assert len(list(csv.DictReader(file))) == 2
    assert list(folder.glob("*.png"))
    assert "seed 7" in ended.out


@pytest.fixture(scope="module")
def gunicorn_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Ended, Path]:
    """A short run of one stack, told as JSON: how it ended, and its folder."""
    return do_quick_run(tmp_path_factory.mktemp("runs"), "gunicorn", "--seed", "3", "--json")


def test_the_recording_has_what_the_record_says(gunicorn_run) -> None:
    """Counts in trial.json are those of the histogram on disk."""
    _, path = gunicorn_run
    folder = RunFolder.open(path)
    [trial] = folder.read().trials
    assert_borne_out(path)
    recording = folder.trial(trial).recording("users")
    assert recording.latency.totals(BUCKETS).sum() == trial.phases["users"].outcomes["ok"]


@pytest.mark.alone
@pytest.mark.parametrize("stack", [pytest.param("gunicorn-gthread", marks=LONG), "nginx+gunicorn"])
def test_a_known_delay_is_measured_right(quick_run, stack: str) -> None:
    """An app that takes 30 ms is measured as 30 ms and what server and proxy add: at most 10 ms here."""
    _, _, [trial] = quick_run(stack, "--workers", "4", "--threads", "4", "--env", "DELAY_MS=30", app="delayed:app")
    assert 0.030 <= trial["phases"]["users"]["p50_s"] < 0.040


@LONG
def test_an_app_that_fails_one_in_a_hundred_does_not_count(quick_run) -> None:
    ended, _, [trial] = quick_run(
        "gunicorn",
        "--workers",
        "1",
        "--path",
        "/x",
        "--users",
        "200",
        "--duration",
        "4s",
        app="one_in_a_hundred_fails:app",
    )
    assert failed_gates(trial) == ["errors"]
    assert ended.code == 1
    assert "No trial counts." in ended.err


@LONG
def test_an_app_that_turns_wrong_does_not_count(quick_run) -> None:
    """It answers right while it is verified and warmed up, and then quickly and wrong; a fresh start is right again."""
    ended, _, [trial] = quick_run("gunicorn", "--workers", "1", "--users", "300", app="wrong_body_later:app")
    assert "same-bodies" in failed_gates(trial)
    assert ended.code == 1


def test_of_two_stacks_that_serve_other_bodies_neither_counts(quick_run) -> None:
    """Each answers with its own name: nobody knows which is the app."""
    _, _, trials = quick_run("gunicorn:w1", "waitress", app="own_name:app")
    assert [trial["status"] for trial in trials] == ["done", "done"]
    for trial in trials:
        assert failed_gates(trial) == ["same-bodies"]
        [gate] = [gate for gate in trial["gates"] if gate["name"] == "same-bodies"]
        assert "nobody knows who is right" in gate["cause"]


@LONG
def test_bodies_can_be_left_unchecked(quick_run) -> None:
    _, _, trials = quick_run("gunicorn:w1", "waitress", "--bodies", "off", app="own_name:app")
    assert [trial["status"] for trial in trials] == ["done", "done"]


@pytest.mark.parametrize("engine", ["locust", pytest.param("native", marks=LONG)])
def test_headers_and_a_body_are_sent(quick_run, engine: str) -> None:
    """The app answers 200 only to a POST of what it wants, with its token."""
    wanted = ("--header", "X-Token: s3cret", "--body", "what it wants")
    _, _, [trial] = quick_run("gunicorn", *wanted, "--path", "/post", "--engine", engine, app="wants_a_post:app")
    assert failed_gates(trial) == []
    assert trial["phases"]["users"]["outcomes"]["ok"] > 10


@LONG
def test_each_number_of_workers_is_a_stack(quick_run) -> None:
    _, _, trials = quick_run("gunicorn", "--workers", "1", "--workers", "3")
    assert {(trial["stack"]["suffix"], trial["stack"]["workers"]) for trial in trials} == {(":w1", 1), (":w3", 3)}


def test_blocks_have_orders_of_their_own_and_the_seed_decides(gunicorn_run) -> None:
    _, path = gunicorn_run
    plan = RunFolder.open(path).read_run().plan
    stacks = tuple(Stack(server=name) for name in "abcdefg")
    plan = msgspec.structs.replace(plan, stacks=stacks, blocks=6)
    slots = slots_of(plan)
    assert slots == slots_of(plan)
    orders = [tuple(slot.stack.server for slot in slots if slot.block == block) for block in range(1, 7)]
    assert all(sorted(order) == list("abcdefg") for order in orders)
    assert len(set(orders)) > 3
    assert slots != slots_of(msgspec.structs.replace(plan, seed=4))


def test_the_articles_profile_repeats_its_setup_and_says_so(quick_run) -> None:
    """In what ran, in the record, and to who reads; a default run has nothing of it."""
    ended, folder, trials = quick_run("nginx+gunicorn", "uwsgi-http", "--profile", "article")
    assert went_well(ended.code, ended.err), ended.err
    assert "Set up as the article did" in ended.err
    assert "Set up as the article did" in ended.out
    assert RunFolder.open(folder).read_run().plan.setup == ARTICLE_SETUP
    assert {trial["stack"]["bind"] for trial in trials} == {"tcp-http"}
    [nginx] = folder.glob("trials/*/config/nginx.conf")
    [uwsgi] = folder.glob("trials/*/config/uwsgi.ini")
    assert "gzip on;" in nginx.read_text()
    assert '"unix:' not in nginx.read_text()
    assert "http-keepalive" not in uwsgi.read_text()
    ended, folder, _ = quick_run("nginx+gunicorn", parent="usual")
    assert "Set up as" not in ended.err + ended.out
    [nginx] = folder.glob("trials/*/config/nginx.conf")
    assert "gzip off;" in nginx.read_text()
    assert 'server "unix:' in nginx.read_text()


def test_json_is_one_document(gunicorn_run) -> None:
    ended, folder = gunicorn_run
    document = json.loads(ended.out)
    assert document["folder"] == str(folder)
    [row] = document["summary"]
    assert row["stack"] == "gunicorn"
    assert row["requests_per_s"] > 0


def test_report_needs_nothing_but_the_folder(gunicorn_run) -> None:
    _, folder = gunicorn_run
    assert not list(folder.glob("*.png"))
    (folder / "results.csv").unlink()
    ended = run_wsgibench("report", str(folder))
    assert went_well(ended.code, ended.err), ended.err
    assert list(folder.glob("*.png"))
    assert (folder / "results.csv").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("gunicron",), 2, "Did you mean 'gunicorn'?"),
        (("gunicorn", "gunicorn"), 2, "named twice"),
        (("gunicorn", "--users", "0"), 2, "--users"),
        (("gunicorn", "--blocks", "0"), 2, "--blocks"),
        (("gunicorn", "--path", "no"), 2, "is no path"),
        (("gunicorn", "--path", "/{x}"), 2, "There are {id} and {word};"),
        (("gunicorn", "--path", "/{id}"), 2, "--ids FIRST..LAST"),
        (("gunicorn", "--path", "/{id}", "--ids", "9..1"), 2, "--ids 1..5000"),
        (("gunicorn", "--path", "/{word}", "--words", "/nowhere"), 2, "a word a line"),
        (("gunicorn", "--engine", "locsut"), 2, "Did you mean 'locust'?"),
        (("gunicorn", "--monitor", "psutl"), 2, "Did you mean 'psutil'?"),
        (("gunicorn", "--store", "memory://"), 2, "--store is the quote server's"),
        (("gunicorn", "--users", "5", "--locustfile", "/nowhere.py", "--blocks", "1"), 2, "nowhere.py"),
        (("gunicorn", "--rate", "9/s", "--locustfile", "mine.py"), 2, "--users"),
        (("gunicorn", "--users", "5", "--locust-workers", "-1"), 2, "--locust-workers"),
        (("gunicorn", "--rate", "fast"), 2, "250/s"),
        (("gunicorn", "--rate", "9/s", "--users", "3"), 2, "two runs"),
        (("gunicorn", "--rate", "9/s", "--engine", "locust"), 2, "--engine native"),
        (("gunicorn", "--header", "no"), 2, "--header 'Accept"),
        (("gunicorn", "--header", "A: b\r\nC: d"), 2, "is no header"),
        (("gunicorn", "--method", "get"), 2, "in capitals"),
        (("gunicorn", "--connections", "0"), 2, "--connections"),
        (("gunicorn", "--rate", "9/s", "--connections-max", "0"), 2, "--connections-max 1"),
    ],
)
def test_what_cannot_be_run_is_said_before_anything_starts(
    arguments: tuple[str, ...], code: int, message: str, tmp_path: Path
) -> None:
    ended = run_wsgibench(
        "run",
        *arguments,
        "--app",
        "hello:app",
        "--chdir",
        str(APPS),
        "--out",
        str(tmp_path / "runs"),
        "--duration",
        "1s",
    )
    assert ended.code == code
    assert message in ended.err + ended.out


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ended = run_wsgibench(
        "run", "gunicorn", "--app", "hello:app", "--chdir", str(APPS), "--out", str(tmp_path / "file")
    )
    assert ended.code == 1
    assert "cannot" in ended.err


@pytest.mark.parametrize("verb", ["report", "resume"])
def test_what_is_no_run_is_said(verb: str, tmp_path: Path) -> None:
    ended = run_wsgibench(verb, str(tmp_path))
    assert ended.code == 1
    assert "run.json" in ended.err


def test_the_quote_server_is_asked_for_all_that_its_store_holds(tmp_path: Path) -> None:
    """Ids come from the store, and the record says what is in it."""
    ended = run_wsgibench(
        "run",
        "gunicorn",
        "--users",
        "20",
        "--spawn-rate",
        "200",
        "--duration",
        "2s",
        "--blocks",
        "1",
        "--store",
        "memory://",
        "--out",
        str(tmp_path),
    )
    assert went_well(ended.code, ended.err), ended.err
    folder = only_folder(tmp_path)
    plan = json.loads((folder / "run.json").read_text())["plan"]
    assert (plan["requests"]["first_id"], plan["requests"]["last_id"]) == (1, 8558)
    assert "8,558 distinct texts" in plan["store"]
    assert failed_gates(trials_of(folder)[0]) == []
