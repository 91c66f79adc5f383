"""Samples of process trees, on real ones."""

import os
from pathlib import Path

import pytest

from support.actors import actors
from wsgibench.monitors._switches import Switches
from wsgibench.monitors._trees import TreeSampler


def test_a_tree_is_counted_whole():
    """Processes, threads and open files of root, child and grandchild."""
    with actors() as tree:
        child = tree.fork(tree.root)
        grandchild = tree.fork(child)
        sample = TreeSampler({"it": [tree.root]}).sample()["it"]
        assert sample.processes == sample.threads == 3
        files = sum(len([*Path(f"/proc/{pid}/fd").iterdir()]) for pid in (tree.root, child, grandchild))
        assert sample.open_files == files >= 9


def test_shared_memory_counts_once_in_pss_and_again_and_again_in_rss():
    with actors("heavy") as tree:
        for _ in range(4):
            tree.fork(tree.root)
        sample = TreeSampler({"it": [tree.root]}).sample()["it"]
        assert 64 * 2**20 < sample.pss_bytes < 150 * 2**20
        assert sample.rss_bytes > 5 * 64 * 2**20


def test_context_switches_are_counted_on():
    """By each look those of all threads that live; of one that has ended they stay."""
    with actors() as tree:
        child = tree.fork(tree.root)
        switches = Switches()
        before = switches.update((tree.root, child))
        for _ in range(5):
            tree.burn(child)  # woken by a signal each time
        after = switches.update((tree.root, child))
        assert after >= before + 5
        assert after == pytest.approx(sum(map(_switched, (tree.root, child))), abs=20)
        tree.kill(child)
        assert switches.update((tree.root,)) >= after
        assert TreeSampler({"it": [tree.root]}).sample()["it"].context_switches > 0


def _switched(pid):
    """By the kernel's other account."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if "ctxt_switches" in line)


def test_a_worker_that_is_replaced_is_a_restart():
    """Not one that is added, and not one that is lost."""
    with actors("listens") as tree:
        sampler = TreeSampler({"it": [tree.root]}, ["it"])
        workers = [tree.fork(tree.root) for _ in range(3)]
        assert sampler.sample()["it"].restarts == 0
        tree.fork(tree.root)
        assert sampler.sample()["it"].restarts == 0
        tree.kill(workers[0])
        assert sampler.sample()["it"].restarts == 0
        tree.fork(tree.root)
        assert sampler.sample()["it"].restarts == 1
        tree.kill(workers[1])
        tree.fork(tree.root)
        sample = sampler.sample()["it"]
        assert (sample.restarts, sample.processes) == (2, 5)


def test_what_a_worker_or_an_app_starts_replaces_no_worker():
    """Children of a worker come and go for requests, and so do commands that the server itself starts."""
    with actors("listens") as tree:
        sampler = TreeSampler({"it": [tree.root]}, ["it"])
        worker = tree.fork(tree.root)
        for _ in range(3):
            child, command = tree.fork(worker), tree.start(tree.root)
            assert sampler.sample()["it"].restarts == 0
            tree.kill(child)
            tree.kill(command)
            assert sampler.sample()["it"].restarts == 0


def test_children_of_a_server_without_workers_replace_none():
    """They are the app's, though they hold its sockets."""
    with actors("listens") as tree:
        sampler = TreeSampler({"it": [tree.root]})
        for _ in range(2):
            child = tree.fork(tree.root)
            assert sampler.sample()["it"].restarts == 0
            tree.kill(child)
        assert sampler.sample()["it"].restarts == 0


def test_of_a_tree_that_is_gone_the_cpu_stays():
    with actors() as tree:
        sampler = TreeSampler({"it": [tree.root]})
        tree.burn(tree.root)
        before = sampler.sample()["it"]
    after = sampler.sample()["it"]
    assert after.cpu_s == before.cpu_s >= 0.2
    assert (after.processes, after.threads, after.rss_bytes, after.open_files) == (0, 0, 0, 0)


def test_a_zombie_has_ended():
    """Also while its parent has not waited for it: this process here."""
    pid = os.fork()
    if not pid:
        os._exit(0)
    try:
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        assert TreeSampler({"it": [pid]}).sample()["it"].processes == 0
    finally:
        os.waitpid(pid, 0)


def test_pss_is_read_as_often_as_it_may_cost():
    """First at once, then not in the very next sample; None in between, never 0 or stale."""
    with actors() as tree:
        for _ in range(10):
            tree.fork(tree.root)
        sampler = TreeSampler({"it": [tree.root]})
        assert sampler.sample()["it"].pss_bytes > 0
        assert sampler.sample()["it"].pss_bytes is None
