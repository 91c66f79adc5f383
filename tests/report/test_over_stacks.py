"""Whether a change does the same on each stack, and where the work goes, over made-up runs whose answer is known."""

import re

import msgspec

from support.made_up_runs import made_up
from wsgibench.analysis.verdict import verdict_of
from wsgibench.model.variant import Variant
from wsgibench.model.verdict import Cost
from wsgibench.report.conclusions import cost_tables, markdown, over_stacks
from wsgibench.report.page import page_of

STACKS = ("gunicorn", "nginx+uwsgi", "waitress")


def concluded(parent, slower, **plan):
    """The run's folder and verdict; ``slower`` is how many times slower the new state is, by stack."""
    variants = Variant(name="old"), Variant(name="new")
    rates = {
        f"{stack}@{name}": rate
        for stack, times in slower.items()
        for name, rate in (("old", 3000), ("new", 3000 / times))
    }
    fields = {"noise": 0.002, "blocks": 9, "margin": 0.02, "variants": variants} | plan
    folder = made_up(parent, rates, **fields)
    return folder, verdict_of(folder)


def told(parent, slower, **plan):
    _, verdict = concluded(parent, slower, **plan)
    return {line.objective: line.sentence for line in over_stacks(verdict)}


def test_the_same_on_all_is_told_with_the_range_that_holds_them_all(tmp_path):
    found = told(tmp_path, dict.fromkeys(STACKS, 1.05))
    match = re.fullmatch(
        r"on all 3 stacks new is between (\S+) and (\S+) % slower than old on requests/s\.", found["throughput"]
    )
    low, high = map(float, match.groups())
    assert low < 100 * (1 - 1 / 1.05) < high
    assert re.fullmatch(
        r"on all 3 stacks new takes between \S+ and \S+ % more CPU time for 1,000 requests than old\.", found["cpu"]
    )


def test_no_difference_on_any_says_how_small_it_is(tmp_path):
    found = told(tmp_path, dict.fromkeys(STACKS, 1.0))
    assert re.fullmatch(
        r"on all 3 stacks no difference beyond [12] % between new and old on requests/s\.", found["throughput"]
    )


def test_what_is_surely_not_the_same_is_told_with_the_two_farthest_apart(tmp_path):
    found = told(tmp_path, {"gunicorn": 1.0, "nginx+uwsgi": 1.1, "waitress": 1.25})
    assert re.fullmatch(
        r"not the same on each stack: new is between \S+ and \S+ % slower with waitress, and between \S+ .*"
        r"% (slower|faster) with gunicorn, than old on requests/s\.",
        found["throughput"],
    )
    assert found["cpu"].startswith("not the same on each stack: new takes between ")


def test_what_is_slower_everywhere_is_not_the_same_where_intervals_are_apart(tmp_path):
    """A range over both would hide that."""
    found = told(tmp_path, {"gunicorn": 1.1, "waitress": 1.3})
    assert found["throughput"].startswith("not the same on each stack: ")


def test_what_may_be_the_same_is_open(tmp_path):
    """Noise on one stack: nothing is claimed."""
    noisy = {"waitress@old": 0.15, "waitress@new": 0.15}
    found = told(tmp_path, {"gunicorn": 1.05, "waitress": 1.05}, noisy=noisy)
    assert found["throughput"] == "whether new does the same on both stacks is open, on requests/s."


def test_of_one_stack_nothing_is_said_of_all(tmp_path):
    assert told(tmp_path, {"gunicorn": 1.1}) == {}


def test_costs_stand_side_by_side_on_each_stack(tmp_path):
    """In Markdown and on the page, with how far the new state is from the old one."""
    folder, verdict = concluded(tmp_path, {"gunicorn": 1.0, "waitress": 2.0})
    tables = {found.title: found for found in cost_tables(verdict)}
    assert [*tables] == ["Where it goes with gunicorn", "Where it goes with waitress"]
    found = tables["Where it goes with waitress"]
    assert found.columns == ("", "old", "new", "new beside old")
    rows = {what: cells for what, *cells in found.rows}
    assert re.fullmatch(r"\+(9\d|10\d)\.\d %", rows["CPU of the server and its workers, s/1,000"][2])
    assert rows["failed requests"] == ["0", "0", "the same"]
    assert "CPU of the proxy, s/1,000" not in rows
    assert "#### Where it goes with waitress\n\n|  | old | new | new beside old |" in markdown(verdict)
    page = page_of(folder, verdict)
    assert "Where it goes with waitress" in page
    assert "not the same on each stack" in page.replace("\N{NO-BREAK SPACE}", " ")


def test_of_costs_of_which_nothing_is_known_there_is_no_table(tmp_path):
    """A run that looks for a capacity alone has no load of which they would be."""
    _, verdict = concluded(tmp_path, {"gunicorn": 1.0})
    unknown = tuple(Cost(candidate=each.candidate) for each in verdict.costs)
    assert cost_tables(msgspec.structs.replace(verdict, costs=unknown)) == []
    assert "Where it goes" not in markdown(msgspec.structs.replace(verdict, costs=unknown))
