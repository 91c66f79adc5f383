"""What is said of cores, workers and threads is what the record says."""

import msgspec
import pytest

from support.made_up_runs import made_up
from wsgibench.analysis.verdict import verdict_of
from wsgibench.analysis.verdict.circumstances import circumstances_of, placed
from wsgibench.model.cores import Cores
from wsgibench.model.interpreter import Interpreter
from wsgibench.model.run import FinishedRun
from wsgibench.model.trial import GateResult
from wsgibench.report.conclusions import limits, markdown, title
from wsgibench.report.placement import at_once_in_words, cores_in_words, engine_in_words, workers_in_words

RATES = {"gunicorn": 2000, "waitress": 3000}


def found(tmp_path, **plan):
    return verdict_of(made_up(tmp_path, RATES, blocks=3, **plan)).circumstances


@pytest.mark.parametrize(
    ("stack", "engine", "available", "words"),
    [
        ((0,), (0,), 1, "on its only core"),
        ((0, 1), (0, 1), 2, "on both of its 2 cores"),
        ((0, 1, 2, 3), (0, 1, 2, 3), 4, "on all of its 4 cores"),
        ((1,), (0,), 2, "on 1 of its 2 cores (the load engine had the other)"),
        ((2, 3), (0, 1), 4, "on 2 of its 4 cores (the load engine had the other 2)"),
        ((2, 3), (0,), 4, "on 2 of its 4 cores (the load engine had another)"),
        ((4, 5), (0, 1), 8, "on 2 of its 8 cores (the load engine had 2 others)"),
        ((0, 1), (0,), 2, "on both of its 2 cores (the load engine had 1 of them, too)"),
        ((0, 1), (0, 1), 4, "on 2 of its 4 cores (the load engine had them, too)"),
    ],
)
def test_the_headline_names_the_cores_that_the_stacks_had(tmp_path, stack, engine, available, words):
    cores = Cores(stack=stack, engine=engine, available=available)
    verdict = verdict_of(made_up(tmp_path, RATES, blocks=3, cores=cores))
    assert cores_in_words(verdict.circumstances) == words
    assert f"on this machine ({words}, 2 workers, " in title(verdict, verdict.rankings[0])


def test_trials_say_more_than_the_plan(tmp_path):
    """A run of before had no cores in its plan; one that changed its mind had others than planned."""
    folder = made_up(tmp_path, RATES, blocks=3, cores=Cores(stack=(0, 1), engine=(0, 1), available=2))
    run = folder.read()
    apart = {"server": (1,), "proxy": (1,), "engine": (0,), "monitor": (0,)}
    trials = [msgspec.structs.replace(trial, cores=apart) for trial in run.trials]
    before = msgspec.structs.replace(run.run, plan=msgspec.structs.replace(run.run.plan, cores=None))
    for each in (run.run, before):
        assert placed(each, trials) == Cores(stack=(1,), engine=(0,), available=2)
    assert placed(run.run, run.trials) == run.run.plan.cores
    assert placed(before, run.trials) is None
    mixed = [*trials[1:], msgspec.structs.replace(trials[0], cores=apart | {"server": (0, 1)})]
    assert placed(run.run, mixed) is None


def test_unknown_cores_are_not_made_up(tmp_path):
    assert cores_in_words(found(tmp_path)) == "2 cores"


@pytest.mark.parametrize(
    ("stacks", "words"),
    [
        (("gunicorn:w1",), "1 worker"),
        (("gunicorn-gthread:w4:t4", "waitress:w4:t4"), "4 workers of 4 threads"),
        (("gunicorn:w4:t4", "werkzeug:w4:t4"), "4 workers"),
        (("gunicorn:w4:t4", "gunicorn-gthread:w4:t4"), "4 workers of 1 and 4 threads"),
        (("waitress:w4:t4",), "1 process of 16 threads"),
        (("werkzeug:w4:t4", "nginx+werkzeug:w4"), "1 process, a thread for each connection"),
        (("nobodys-server:w4:t4",), "4 workers of 4 threads"),
        (("gunicorn:w6", "gunicorn:w60"), "6 and 60 workers"),
        (("granian:w2:t1", "granian:w2:t8"), "2 workers of 1 and 8 threads"),
    ],
)
def test_workers_have_their_threads(tmp_path, stacks, words):
    run = made_up(tmp_path, dict.fromkeys(stacks, 1000), blocks=3).read()
    assert workers_in_words(circumstances_of(run)) == words


def test_versions_are_those_that_ran(tmp_path):
    """The app's interpreter, servers and proxies; nothing is said of a run that did not keep them."""
    folder = made_up(tmp_path, {"gunicorn": 1000, "nginx+uwsgi": 900}, blocks=3)
    assert not any("These versions" in sentence for sentence in limits(verdict_of(folder)))
    interpreter = Interpreter(path="/srv/bin/python", version="3.13.1", implementation="PyPy", packages={"flask": "3"})
    versions = {"gunicorn": "23.0.0", "pyuwsgi": "2.0.30", "nginx": "1.26.0", "httptools": "0.6", "flask": "3"}
    folder.write_run(msgspec.structs.replace(folder.read_run(), versions=versions, interpreter=interpreter))
    verdict = verdict_of(folder)
    said = "These versions: PyPy 3.13.1, gunicorn 23.0.0, nginx 1.26.0 and pyuwsgi 2.0.30."
    assert said in limits(verdict)
    assert f"- {said}" in markdown(verdict)
    assert "<summary>1 package of the app's environment</summary>\n\nflask 3\n\n</details>" in markdown(verdict)


@pytest.mark.parametrize(
    ("host", "way"),
    [
        ("127.0.0.1", "loopback"),
        ("::1", "loopback"),
        ("0.0.0.0", "loopback"),  # noqa: S104  # as a user may say it
        ("10.0.0.5", "its address 10.0.0.5"),
    ],
)
def test_the_way_of_the_requests_is_the_records(tmp_path, host, way):
    assert f"Load and stacks ran on one machine, over {way}: no network, no TLS, no slow clients." in limits(
        verdict_of(made_up(tmp_path, RATES, blocks=3, host=host))
    )


def test_how_many_requests_at_a_time_is_said_where_it_differs(tmp_path):
    """By the server's own nature: gunicorn's sync workers have one thread, waitress a pool for all."""
    four = {"gunicorn:w4:t4": 1000, "waitress:w4:t4": 1000, "werkzeug:w4:t4": 1000}
    at_once = circumstances_of(made_up(tmp_path, four, blocks=3).read()).at_once
    assert at_once == {"gunicorn:w4:t4": 4, "waitress:w4:t4": 16, "werkzeug:w4:t4": None}
    assert (
        at_once_in_words(at_once)
        == "gunicorn:w4:t4: 4 requests at a time; waitress:w4:t4: 16; werkzeug:w4:t4: as many as come."
    )
    assert at_once_in_words(dict.fromkeys(at_once, 4)) == ""


def test_what_the_engine_took_is_said(tmp_path):
    """The most of all trials that count; with an engine elsewhere, that it was."""
    folder = made_up(tmp_path, RATES, blocks=3, cores=Cores(stack=(0, 1), engine=(0, 1), available=2))
    run = folder.read()
    gate = GateResult(name="engine-share", passed=True, figure=0.031, threshold=0.05, unit="share", cause="Little.")
    trials = (msgspec.structs.replace(run.trials[0], gates=(gate,)), *run.trials[1:])
    circumstances = circumstances_of(FinishedRun(folder="", run=run.run, trials=trials))
    assert engine_in_words(circumstances) == (
        "The load engine ran on the same cores as the stacks, and took at most 3.1% of them."
    )
    assert engine_in_words(msgspec.structs.replace(circumstances, remote_workers=2)) == (
        "The load came from 2 workers on other machines."
    )


def test_a_load_from_elsewhere_was_not_over_loopback(tmp_path):
    """A sentence about the network is made from the record."""
    here = verdict_of(made_up(tmp_path / "here", RATES, blocks=3))
    elsewhere = verdict_of(made_up(tmp_path / "elsewhere", RATES, blocks=3, engine_remote_workers=2))
    assert any("over loopback" in sentence for sentence in limits(here))
    assert not any("over loopback" in sentence for sentence in limits(elsewhere))


def test_one_that_changed_its_mind_says_why(tmp_path):
    why = "The app is so light that the load engine would take 12% of the CPU from granian."
    cores = Cores(stack=(1,), engine=(0,), available=2, why=why)
    assert engine_in_words(found(tmp_path, cores=cores)) == why
