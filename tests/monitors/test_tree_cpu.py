"""CPU seconds of process trees, on real ones."""

import threading

import pytest

from support.actors import actors
from wsgibench.monitors import TreeCpu


@pytest.mark.alone
def test_a_burner_has_the_cpu_that_it_says_it_has():
    """Within 2 % of os.times()."""
    with actors() as tree:
        cpu = TreeCpu({"it": [tree.root]})
        for _ in range(5):
            truth = tree.burn(tree.root)
        assert cpu.seconds()["it"] == pytest.approx(truth, rel=0.02)


@pytest.mark.alone
@pytest.mark.parametrize("manners", [[], ["careless"]], ids=["waits for its children", "does not"])
def test_workers_that_die_keep_their_cpu_in_the_tree(manners):
    """Whether or not the parent waits for them, at once and for good."""
    with actors(*manners) as tree:
        cpu = TreeCpu({"it": [tree.root]})
        ended = 0.0
        for _ in range(5):
            worker = tree.fork(tree.root)
            ended += tree.burn(worker)
            before = cpu.seconds()["it"]
            tree.kill(worker, reaped=not manners)
            assert before <= cpu.seconds()["it"] <= before + 0.05
        assert cpu.seconds()["it"] >= ended - 0.06  # its account counts in ticks of 10 ms


@pytest.mark.alone
def test_children_too_short_lived_to_be_seen_count():
    """A child that is born, burns and dies between two readings."""
    with actors() as tree:
        cpu = TreeCpu({"it": [tree.root]})
        before = cpu.seconds()["it"]
        worker = tree.fork(tree.root)
        burnt = tree.burn(worker)
        tree.kill(worker)
        assert cpu.seconds()["it"] - before == pytest.approx(burnt, abs=0.04)


@pytest.mark.alone
def test_a_process_that_outlives_its_parent_stays_in_the_tree():
    """An orphan's CPU counts on."""
    with actors("careless") as tree:
        cpu = TreeCpu({"it": [tree.root]})
        parent = tree.fork(tree.root)
        orphan = tree.fork(parent)
        tree.burn(parent)
        before = cpu.seconds()["it"]
        tree.kill(parent, reaped=False)
        tree.burn(orphan)
        assert cpu.seconds()["it"] == pytest.approx(before + 0.2, abs=0.03)


def test_a_tree_that_is_gone_keeps_its_total():
    """And others are read on."""
    with actors() as other:
        with actors() as tree:
            cpu = TreeCpu({"it": [tree.root], "other": [other.root]})
            tree.burn(tree.root)
            before = cpu.seconds("it")
            assert before.keys() == {"it"}
        assert cpu.seconds()["it"] == before["it"] >= 0.2
        assert cpu.seconds()["other"] > 0


def test_a_root_that_never_was_has_nothing():
    assert TreeCpu({"nobody": [2**22 + 1]}).seconds() == {"nobody": 0.0}


def test_the_total_never_falls_while_processes_come_and_go():
    """Read without pause from another thread during 20 generations of workers."""
    readings, over = [], threading.Event()
    with actors() as tree:
        cpu = TreeCpu({"it": [tree.root]})

        def read():
            while not over.is_set():
                readings.append(cpu.seconds()["it"])

        reader = threading.Thread(target=read)
        reader.start()
        try:
            for _ in range(20):
                worker = tree.fork(tree.root)
                tree.fork(worker)
                tree.burn(worker)
                tree.kill(worker)
        finally:
            over.set()
            reader.join()
    assert len(readings) > 100
    assert readings == sorted(readings)
    assert 4.0 <= readings[-1] <= 4.0 * 1.1
