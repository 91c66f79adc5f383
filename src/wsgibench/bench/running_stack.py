"""A stack in a trial: started, proved right, warmed up, looked after, stopped."""

from collections.abc import Set as AbstractSet
from functools import cached_property
from pathlib import Path

from wsgibench.bench.bodies.judging import Body
from wsgibench.bench.listener import Noted, StageReached
from wsgibench.bench.run_context import RunContext
from wsgibench.bench.verification import paths_by_kind
from wsgibench.bench.warmup import answer_alone_s, warm_up
from wsgibench.deploy.deployment import Deployment, deploy, start
from wsgibench.deploy.diagnosis import main_pids, supervisord_ended
from wsgibench.deploy.preflight import Inquiry
from wsgibench.deploy.workers import count_workers
from wsgibench.errors import DeathError, StartError
from wsgibench.model.address import Tcp
from wsgibench.model.stack import Stack
from wsgibench.model.trial import TrialTimes, WorkerCount
from wsgibench.runs.trial_folder import TrialFolder

_PATIENCE_S = 0.4
"""Load is drained, so there is nothing to wait for; uWSGI's master looks around but once a second."""

_LOOKS_AFTER, _ALIKE = 3, 1.5
"""Looks at what seems to take so many times as long as before; the quickest counts, for the machine may be busy."""


class RunningStack:
    """One stack with a server and a proxy of its own, in one trial.

    Attributes:
        reached: when it got to each stage, by the names of ``TrialTimes``, seconds since the epoch.
        trees: process ids by role.
        warm_share: of its workers, those that answered before the measuring began.
        found_workers: those that ran when the measuring began, and when it ended.
        alone_s: how long an answer took, one at a time, before the warm-up and in the end; of runs with curves.
        first_bodies: what it answered to each path that proves it right.
    """

    def __init__(self, context: RunContext, stack: Stack, number: int, folder: TrialFolder) -> None:
        self.stack = stack
        self.folder = folder
        self.reached = {"started_s": context.clock.time()}
        self.trees: dict[str, tuple[int, ...]] = {}
        self.warm_share: float | None = None
        self.found_workers: list[WorkerCount] = []
        self.alone_s: list[float] = []
        self.first_bodies: dict[str, Body] = {}
        self._context = context
        self._group = f"trial{number}"
        self._directory = context.directory / self._group
        self._deployment: Deployment | None = None
        self._preflight_s = 0.0
        self._keeper = 0
        self._is_ending = False

    @cached_property
    def address(self) -> Tcp:
        """Where clients reach it; found when first asked for, as a port where nobody listens yet may be given twice."""
        return self._context.host.free_port(self._context.plan.host)

    @property
    def times(self) -> TrialTimes:
        """When it got where."""
        return TrialTimes(**self.reached)

    @property
    def start_s(self) -> float:
        """Seconds from its start until it was warm, without what only the first stack is asked; 0.0 where it is not."""
        return max(self.reached.get("warm_s", 0.0) - self.reached["started_s"] - self._preflight_s, 0.0)

    @property
    def commands(self) -> dict[str, tuple[str, ...]]:
        """What runs, by role."""
        return {program.role: program.argv for program in self._deployment.programs} if self._deployment else {}

    @property
    def static_by(self) -> str | None:
        """Who serves the app's static files, as ``Deployment`` says."""
        return self._deployment.static_by if self._deployment else None

    def start(self) -> None:
        """Start it, and prove that it answers right.

        Raises:
            AnswerError: it does not.
            StartError: it does not answer.
            DeathError: supervisord does not.
        """
        context = self._context
        self.reached["started_s"] = self._context.clock.time()  # others of its block may have been started first
        context.listener(StageReached(name="start", stack=self.stack))
        self._deployment = deploy(
            context.app_of(self.stack),
            self.stack,
            group=self._group,
            directory=self._directory,
            listen=self.address,
            proxy_workers=len(context.cores.stack),
            setup=context.plan.setup,
        )
        self._keeper = context.host.keeper
        start(
            context.host,
            self._deployment,
            restart=False,
            timeout_s=context.plan.start_timeout_s,
            like=context.plan.requests,
        )
        self.reached["ready_s"] = self._context.clock.time()
        context.listener(StageReached(name="verify", stack=self.stack))
        for sentence in context.preflight_of(self.stack).check(self._inquiry):
            context.listener(Noted(sentence=sentence))
        self._preflight_s = self._context.clock.time() - self.reached["ready_s"]
        self.first_bodies = context.reference.verify(self._inquiry)
        self.reached["verified_s"] = self._context.clock.time()
        self.trees = main_pids(self._deployment.programs, context.host.status(self._group))

    @property
    def pids(self) -> set[int]:
        """The processes without which it is lost: the main ones of its programs, and supervisord, which keeps them."""
        return {self._keeper, *(pid for tree in self.trees.values() for pid in tree)}

    def warm_up(self) -> None:
        """Let every worker answer what the load will ask."""
        context = self._context
        context.listener(StageReached(name="warm up", stack=self.stack))
        kinds = paths_by_kind(context.plan.requests, context.plan.seed)
        server_pid = self.trees["server"][0]
        self._look_alone()
        self.warm_share = warm_up(
            context.host,
            self.address,
            context.plan.requests,
            kinds,
            stack=self.stack,
            server_pid=server_pid,
            timeout_s=context.plan.start_timeout_s,
        )
        self.found_workers.append(count_workers(context.host, self.stack, server_pid))
        self.reached["warm_s"] = self._context.clock.time()

    def _look_alone(self) -> None:
        """See how long it takes while nobody else asks, where the load goes beyond what it bears."""
        plan = self._context.plan
        for _ in range(_LOOKS_AFTER if self.alone_s else 1) if plan.curve else ():
            took_s = answer_alone_s(self.address, plan.requests, paths_by_kind(plan.requests, plan.seed))
            if took_s is None:
                return
            self.alone_s = [*self.alone_s[:1], min([*self.alone_s[1:], took_s])]
            if took_s <= _ALIKE * self.alone_s[0]:
                return

    def verify_again(self) -> None:
        """Return if it still answers right, after a load of which it did not answer all right.

        Raises:
            AnswerError, StartError: it does not.
        """
        plan = self._context.plan
        until = self._context.clock.monotonic() + plan.start_timeout_s
        self._inquiry.right_answer(paths_by_kind(plan.requests, plan.seed)[0][0], until=until)

    @property
    def _inquiry(self) -> Inquiry:
        context = self._context
        return Inquiry(context.plan, self.stack, self.address, self.server_log, context.app_of(self.stack).env)

    def check_alive(self, ended: AbstractSet[int], *, starting: bool = False) -> None:
        """Return if none of its programs is among these processes, which have ended.

        Raises:
            DeathError: one is, with its last words; or supervisord, which takes all with it.
            StartError: one is, ``starting``: before anything was asked of it, as others came up beside it.
        """
        when = "while others were started" if starting else "while it was measured"
        if self._keeper in ended:
            raise supervisord_ended(when)
        for program in self._deployment.programs if self._deployment else ():
            if not ended.isdisjoint(self.trees[program.role]):
                kind = StartError if starting else DeathError
                raise kind(f"'{program.name}' ended {when}.", self._context.host.last_words(self._group, program.name))

    def server_log(self) -> str:
        """The end of what its server has said; empty before it was started, and once it is stopped."""
        programs = self._deployment.programs if self._deployment else ()
        names = [program.name for program in programs if program.role == "server"]
        return "".join(self._context.host.end_of_log(self._group, name) for name in names)

    def look_back(self) -> None:
        """See what the load has left of it, if there was any: its workers, and how long it takes by itself."""
        if "measured_s" in self.reached and len(self.found_workers) == 1:
            self.found_workers.append(count_workers(self._context.host, self.stack, self.trees["server"][0]))
            self._look_alone()

    def ask_to_end(self) -> None:
        """Have it end while others do, too; ``stop`` waits for it."""
        if not self._is_ending:
            self._is_ending = True
            self._context.listener(StageReached(name="stop", stack=self.stack))
            self._context.host.ask_to_end(self._group)

    def stop(self) -> None:
        """Stop it and keep its files; nothing that it started is left."""
        context = self._context
        self.look_back()
        self.ask_to_end()
        context.host.remove(self._group, patience_s=_PATIENCE_S)
        self.reached["stopped_s"] = self._context.clock.time()
        for path in self._deployment.files if self._deployment else ():
            if Path(path).is_file():
                self.folder.keep(Path(path), self.folder.config / Path(path).name)
        for name, log in context.host.take_logs(self._group):
            self.folder.keep(log, self.folder.logs / f"{name}.log")
        context.host.remove_directory(self._directory)
