"""Where the work goes: what the monitor and the engine saw, by candidate."""

import msgspec

from support.made_up_runs import made_up
from support.small_run import turns
from wsgibench.analysis.audit import audit
from wsgibench.analysis.verdict.costs import costs_of
from wsgibench.model.monitor import Sample, TreeSample
from wsgibench.model.trial import Observed
from wsgibench.model.variant import Variant

VARIANTS = (Variant(name="old"), Variant(name="new"))


def tree(switches, *, processes=3):
    return TreeSample(
        cpu_s=1.0, rss_bytes=1, pss_bytes=1, processes=processes, threads=4, open_files=9, restarts=0,
        context_switches=switches,
    )  # fmt: skip


def sample(time_s, **trees):
    machine = dict.fromkeys(("load_1min", "load_5min", "load_15min", "memory_total_bytes", "memory_free_bytes"))
    return Sample(
        time_s=time_s,
        cpu_busy_share=(),
        steal_share=None,
        trees={name.replace("__", "/").replace("AT", "@"): it for name, it in trees.items()},
        **machine,
    )


def watched(parent, *samples, **plan):
    """A run of one block whose trials were watched for ten seconds; each has these samples."""
    folder = made_up(
        parent, {"gunicorn@old": 1000, "gunicorn@new": 1000}, blocks=1, looks=(), variants=VARIANTS, **plan
    )
    audited = audit(folder)
    observed = Observed(began_s=0.0, ended_s=10.0, expected_samples=10, monitor_died=False)
    trials = tuple(
        msgspec.structs.replace(trial, observed=observed, turns=turns("steady", 4, every_s=2, ok=50))
        for trial in audited.run.trials
    )
    run = msgspec.structs.replace(audited.run, trials=trials)
    return type(audited)(run, audited.latencies, {trial.folder: samples for trial in trials})


def test_each_candidate_has_its_own_processes_and_switches(tmp_path):
    """Trees of the other state, and samples from before the measured time, are not its own."""
    samples = (
        sample(-1.0, gunicornATold__server=tree(0)),
        sample(0.0, gunicornATold__server=tree(1000), gunicornATnew__server=tree(50)),
        sample(5.0, gunicornATold__server=tree(None), gunicornATnew__server=tree(None)),
        sample(10.0, gunicornATold__server=tree(9000), gunicornATnew__server=tree(50, processes=5)),
    )
    audited = watched(tmp_path, *samples)
    old, new = costs_of(audited)
    assert (old.candidate, new.candidate) == ("gunicorn@old", "gunicorn@new")
    assert (old.processes, new.processes, old.threads) == (3, 5, 4)
    assert old.context_switches_per_request == 8000 / 200
    assert new.context_switches_per_request == 0
    assert old.failures == 0
    assert old.requests > 0
    assert old.proxy_cpu_per_1000_s is None


def test_what_nobody_saw_is_not_there(tmp_path):
    """No sample, none of the monitor's figures; the rest stays."""
    audited = watched(tmp_path)
    old, _ = costs_of(audited)
    assert (old.processes, old.context_switches_per_request) == (None, None)
    assert old.server_cpu_per_1000_s > 0


def test_one_state_of_the_app_has_nothing_beside_it(tmp_path):
    assert costs_of(audit(made_up(tmp_path, {"gunicorn": 1000, "waitress": 900}, blocks=1, looks=()))) == ()
