"""Records of runs and trials, whole and valid, for tests that need some."""

import msgspec

from wsgibench.bench.made_with import made_with_now
from wsgibench.model.app import App
from wsgibench.model.learned import Learned
from wsgibench.model.load import Connections, Requests
from wsgibench.model.plan import Phase, Plan
from wsgibench.model.run import Machine, Run
from wsgibench.model.stack import parse_candidate
from wsgibench.model.trial import GateResult, PhaseFigures, Trial, TrialTimes
from wsgibench.servers import SERVERS

CREATED_S = 1795228020.0


def a_run(**fields):
    plan = Plan(
        app=App(target="shop:app", directory="/srv/shop"),
        stacks=(parse_candidate("gunicorn"), parse_candidate("nginx+uwsgi:w6")),
        phases=(Phase(name="steady", load=Connections(count=4), duration_s=2.0),),
        requests=Requests(paths=("/items/{id}",), last_id=100),
        engine="native",
        monitor="psutil",
        blocks=3,
        seed=7,
        profile=fields.pop("profile", "quick"),
    )
    machine = Machine(cpu="A processor", cores=2, memory_bytes=2**34, system="Linux", python="3.11.2")
    versions = {"wsgibench": "0.1.0"}
    return Run(
        **{
            "plan": plan,
            "machine": machine,
            "versions": versions,
            "command": ("wsgibench", "run"),
            "created_s": CREATED_S,
            # What is made by hand has figures and recordings, and nothing of what was observed beside them.
            "format": 1,
            **({} if "made_with" in fields else {"made_with": _made_with(fields.get("plan", plan))}),
            **fields,
        }
    )


def with_plan(run, **fields):
    """The run with these fields in its plan, made with what that takes."""
    plan = msgspec.structs.replace(run.plan, **fields)
    return msgspec.structs.replace(run, plan=plan, made_with=_made_with(plan))


def _made_with(plan):
    """What the adapters say; nothing of stacks whose servers are made up."""
    known = tuple(stack for stack in plan.stacks if stack.server in SERVERS.names())
    return made_with_now(msgspec.structs.replace(plan, stacks=known))


def a_learned(**fields) -> Learned:
    """What a look at a stack found."""
    return Learned(
        **{
            "stack": "gunicorn",
            "service_s": 0.01,
            "bears_per_s": 200.0,
            "connections": 8,
            "longest_gap_s": 0.0,
            "idle_cpu_share": 0.0,
            "engine_cpu_share": 0.1,
            "start_s": 1.0,
            **fields,
        }
    )


def a_trial(number=1, stack="gunicorn", **fields):
    figures = PhaseFigures(
        start_s=CREATED_S,
        duration_s=2.0,
        outcomes={"ok": 990, "timeout": 10},
        events={},
        requests_per_s=495.0,
        mean_s=0.004,
        p50_s=0.003,
        p90_s=0.006,
        p99_s=0.01,
        p999_s=None,
        max_s=0.02,
        server_cpu_s=1.98,
        proxy_cpu_s=None,
        engine_cpu_s=0.5,
    )
    gates = (
        GateResult(
            name="errors", passed=False, figure=0.01, threshold=0.001, unit="share", cause="10 of 1,000 failed."
        ),
        GateResult(name="drift", passed=True, figure=0.01, threshold=0.2, unit="share", cause="The halves are alike."),
    )
    return Trial(
        **{
            "number": number,
            "stack": parse_candidate(stack),
            "block": 1,
            "position": number,
            "status": "done",
            "times": TrialTimes(started_s=CREATED_S),
            "phases": {"steady": figures},
            "gates": gates,
            **fields,
        }
    )
