"""What the gates of a run allow."""

import re

from wsgibench.bench.wishes import Wishes
from wsgibench.model.plan import Thresholds
from wsgibench.processes.loopback import connection_cpu_s

_HERE = re.compile(r"://(?:[^/@]*@)?(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?:[:/?]|$)")


def thresholds_of(wishes: Wishes) -> Thresholds:
    """The thresholds, with what a connection costs on this machine.

    Others may use all of the stack's cores where a variable of the app's names a service on this machine: what that
    does is done for the app.
    """
    allowed = wishes.other_cpu_share
    if allowed is None:
        has_service = any(_HERE.search(value) for _, value in wishes.app.env)
        allowed = 1.0 if has_service else Thresholds().other_cpu_share
    return Thresholds(other_cpu_share=allowed, connection_cpu_s=connection_cpu_s())
