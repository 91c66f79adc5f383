"""What the gates of a run allow."""

import re

import msgspec

from wsgibench.bench.run_options import RunOptions
from wsgibench.model.plan import Thresholds
from wsgibench.processes.loopback import connection_cpu_s

_HERE = re.compile(r"://(?:[^/@]*@)?(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?:[:/?]|$)")
_LATE_S = 0.1
"""Of requests that were late because the machine was busy; more than that, and the engine itself did not keep up."""


def thresholds_of(run_options: RunOptions) -> Thresholds:
    """The thresholds, with what a connection costs on this machine.

    Between variants of a stack, what disturbs the machine is no reason to discount a trial: what it does in the turns
    of one, it does in those of the other. It makes the interval longer, and no difference of none.
    """
    found = Thresholds(other_cpu_share=_others(run_options), connection_cpu_s=connection_cpu_s())
    if run_options.within_stacks:
        return msgspec.structs.replace(found, steal_share=1.0, lateness_p99_s=_LATE_S)
    return found


def _others(run_options: RunOptions) -> float:
    """All of the stack's cores, too, where a variable of the app's names a service here: it works for the app."""
    given = [*run_options.app.env, *(pair for variant in run_options.variants for pair in variant.env)]
    if run_options.other_cpu_share is not None:
        return run_options.other_cpu_share
    if run_options.within_stacks or any(_HERE.search(value) for _, value in given):
        return 1.0
    return Thresholds().other_cpu_share
