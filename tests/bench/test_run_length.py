"""How many blocks a run has, and how long each is."""

import re
import sys

import pytest

from support.made_up_runs import made_up
from wsgibench.analysis.verdict import verdict_of
from wsgibench.bench.apps import sample_app
from wsgibench.bench.planning import plan_of
from wsgibench.bench.run_options import RunOptions
from wsgibench.deploy import requirements
from wsgibench.errors import MissingError, UsageError
from wsgibench.model.verdict import Stop
from wsgibench.report.conclusions import closing
from wsgibench.units import parse_duration

TWO = ("gunicorn", "werkzeug")


def planned(**run_options):
    return plan_of(RunOptions(app=sample_app(directory="/", python=sys.executable), **run_options))


def test_the_budget_decides_how_many():
    """Fewer stacks, or more time, leave room for more blocks; each as long as before."""
    seven, two, longer = planned(), planned(stacks=TWO), planned(budget_s=600)
    assert 8 <= seven.blocks < longer.blocks <= two.blocks
    assert {plan.phases[0].duration_s for plan in (seven, two, longer)} == {1.2}
    assert seven.looks == tuple(range(3, seven.blocks + 1))


@pytest.mark.parametrize("blocks", [1, 2, 14])
def test_blocks_that_were_asked_for_are_kept(blocks):
    """No budget cuts them off, no look ends them, and each is as long as ever."""
    plan = planned(stacks=TWO, blocks=blocks)
    assert (plan.blocks, plan.budget_s, plan.looks, plan.phases[0].duration_s) == (blocks, None, (), 1.2)


def test_a_duration_is_shared_by_the_blocks():
    """And kept, whatever the profile's budget."""
    plan = planned(stacks=TWO, duration_s=90.0)
    assert plan.budget_s is None
    assert plan.blocks * plan.phases[0].duration_s == pytest.approx(90)
    assert planned(stacks=TWO, duration_s=2.0).blocks == 5
    assert planned(stacks=TWO, duration_s=0.4).blocks == 3


def test_the_article_is_one_long_block():
    """As it was; with more blocks, its 60 minutes are shared."""
    assert planned(profile="article").phases[0].duration_s == 3600
    assert planned(profile="article", blocks=6).phases[0].duration_s == 600


def test_following_the_advice_makes_the_run_that_it_speaks_of(tmp_path):
    """``--blocks`` and ``--duration`` of the closing sentence give blocks as long as those that were measured."""
    rates = {"gunicorn": 3000, "waitress": 2800}
    folder = made_up(tmp_path, rates, blocks=5, noise=0.03, stop=Stop.BLOCKS)
    [advice] = [sentence for sentence in closing(verdict_of(folder)) if "--blocks" in sentence]
    blocks, duration = re.search(r"--blocks (\d+) --duration (\S+)\.", advice).groups()
    plan = planned(stacks=TWO, blocks=int(blocks), duration_s=parse_duration(duration))
    assert plan.blocks == int(blocks)
    assert plan.phases[0].duration_s == pytest.approx(folder.read_run().plan.phases[0].duration_s, rel=0.02)


@pytest.mark.parametrize(
    ("stacks", "workers"),
    [(("gunicorn:w1", "gunicorn:w2"), (3, 4)), (("gunicorn:w1", "gunicorn"), (1, 2)), (("gunicorn", "gunicorn"), (2,))],
)
def test_stacks_are_never_merged_or_workers_ignored_in_silence(stacks, workers):
    """What contradicts itself is refused."""
    with pytest.raises(UsageError):
        planned(stacks=stacks, workers=workers)


def test_what_says_its_workers_itself_is_there_once():
    """Beside the others with each number."""
    labels = [stack.label for stack in planned(stacks=("gunicorn:w1", "werkzeug"), workers=(3, 4)).stacks]
    assert labels == ["gunicorn:w1", "werkzeug:w3", "werkzeug:w4"]


def test_an_engine_that_is_not_installed_is_told_before_anything_begins(monkeypatch):
    here = requirements.versions_of
    monkeypatch.setattr(requirements, "versions_of", lambda names, python: here(names, python) | {"httptools": None})
    with pytest.raises(MissingError, match="'native' needs httptools, which is not installed") as caught:
        planned(stacks=("werkzeug",))
    assert caught.value.hint.endswith("-m pip install httptools")
