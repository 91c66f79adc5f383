"""supervisord, private to us: it starts, keeps and stops every server and proxy."""

import contextlib
import os
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from wsgibench.errors import StartError
from wsgibench.model.program import Program
from wsgibench.processes._configuration import (
    STOP_WAIT_S,
    environment_file,
    environment_text,
    group_text,
    main_text,
)
from wsgibench.processes.family import Family
from wsgibench.processes.logs import tail
from wsgibench.processes.prctl import adopt_orphans
from wsgibench.processes.private_directory import write_private
from wsgibench.processes.supervisord_client import ProgramStatus, SupervisordClient, UnansweredError
from wsgibench.processes.tree import end_processes, left_of, orphans_of, processes_of

_POLL_S = 0.01
_STOP_DEADLINE_S = STOP_WAIT_S + 4.0
_LAST_WORDS_S = 1.0


class Supervisor:
    """One supervisord with its socket, configuration and logs in a private directory.

    Attached, it ends with this process, however this ends; else, from the end of its directory's ``starting`` on, it
    runs until ``stop``.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.configuration = directory / "supervisord.conf"
        self._family = Family(directory)
        self._process: subprocess.Popen[bytes] | None = None
        self._attached, self._with_cgroups, self._timeout_s = False, True, 0.0
        self._env: Mapping[str, str] | None = None
        self._cores: frozenset[int] = frozenset()
        self._client = SupervisordClient(directory / "supervisor.sock")
        self._ending: dict[str, dict[int, float]] = {}

    def start(
        self,
        *,
        attached: bool,
        cores: Iterable[int] = (),
        env: Mapping[str, str] | None = None,
        with_cgroups: bool = True,
        timeout_s: float = 10.0,
    ) -> None:
        """Write the configuration and return when supervisord answers.

        It and all that it starts are pinned to ``cores``; empty leaves them to the system. ``env`` is their whole
        environment; None inherits ours. ``with_cgroups`` gives each program a cgroup where that may be.

        Raises:
            StartError: it does not; with its last words.
        """
        self._attached, self._env, self._with_cgroups, self._timeout_s = attached, env, with_cgroups, timeout_s
        for name in ("programs", "logs"):
            (self.directory / name).mkdir(mode=0o700, exist_ok=True)
        write_private(self.configuration, main_text(self.directory).encode())
        if attached:
            adopt_orphans()
        said = self.directory / "logs" / "supervisord.err"
        argv = (
            sys.executable,
            "-P",
            "-m",
            "wsgibench.processes._supervisord",
            str(os.getpid()),
            "ends" if attached else "stays",
            "with" if with_cgroups else "without",
            "--nodaemon",
            "--configuration",
            str(self.configuration),
        )
        with said.open("wb") as err:
            # A session of its own: Ctrl-C in the terminal is for us, who then stop it in good order.
            self._process = subprocess.Popen(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=err,
                stderr=err,
                cwd=self.directory,
                env=env,
                start_new_session=True,
            )
        self.pin(cores)
        deadline = time.monotonic() + timeout_s
        while not self.answers():
            has_ended = self._process.poll() is not None
            if has_ended or time.monotonic() > deadline:
                within = "" if has_ended else f" within the --start-timeout of {timeout_s:g} s"
                self.stop()
                words = said.read_text(errors="replace")[-2000:].strip()
                raise StartError(f"supervisord does not start{within}.", words or "It says nothing.")
            time.sleep(_POLL_S)

    def pin(self, cores: Iterable[int]) -> None:
        """Keep supervisord, and all that it starts from now on, on these cores; empty changes nothing."""
        self._cores = frozenset(cores) or self._cores
        if self._process is not None and self._cores:
            os.sched_setaffinity(self._process.pid, self._cores)

    @property
    def pid(self) -> int:
        """Its process id; 0 where this process has not started it."""
        return self._process.pid if self._process is not None else 0

    @property
    def has_ended(self) -> bool:
        """Whether it was started by this process, and has ended by itself."""
        return self._process is not None and self._process.poll() is not None

    def start_again(self) -> None:
        """Start it anew if it has ended by itself, without the groups that it had; of those nothing is left.

        Raises:
            StartError: it does not.
        """
        if not self.has_ended:
            return
        self.stop()
        for configuration in (self.directory / "programs").glob("*.conf"):
            configuration.unlink()
        self.start(
            attached=self._attached,
            cores=self._cores,
            env=self._env,
            with_cgroups=self._with_cgroups,
            timeout_s=self._timeout_s,
        )

    def answers(self) -> bool:
        """Whether supervisord runs and answers. Asking also wakes it, which else looks around once a second."""
        return self._client.answers()

    def add(self, group: str, programs: Iterable[Program], *, restart: bool) -> None:
        """Start a group of programs; ``restart`` starts again those that end by themselves.

        Raises:
            StartError: supervisord refuses.
        """
        programs = tuple(programs)
        text = group_text(group, programs, directory=self.directory, restart=restart)
        for program in programs:
            write_private(environment_file(group, program, directory=self.directory), environment_text(program))
        write_private(self.directory / "programs" / f"{group}.conf", text.encode())
        try:
            self._client.call("reloadConfig")
            self._client.call("addProcessGroup", group)
        except UnansweredError as exc:
            raise StartError(f"supervisord does not take the group '{group}': {exc}.", self.log_tail()) from exc
        self.answers()

    def ask_to_end(self, group: str) -> None:
        """Have a group end in good order, and do not wait for it."""
        # Once its programs have ended, nobody knows any more what else they have started.
        pids = [row.pid for row in self.status() if row.group == group and row.pid]
        self._ending[group] = processes_of([*pids, *self._family.pids(group, self._pids())])
        with contextlib.suppress(UnansweredError):
            self._client.call("stopProcessGroup", group, False)  # noqa: FBT003  # not waiting; XML-RPC knows no keywords

    def remove(self, group: str, *, patience_s: float = _STOP_DEADLINE_S) -> None:
        """Stop a group and forget it; nothing of it is left. Does nothing where there is none.

        What has not ended by itself after ``patience_s`` is killed.
        """
        if group not in self._ending:
            self.ask_to_end(group)
        family, supervisord = self._ending.pop(group), self._pids()
        with contextlib.suppress(UnansweredError):
            self._wait_for_end(group, patience_s)
            end_processes(family)
            # Until supervisord has seen them end, it does not let go of them.
            self._wait_for_end(group, _STOP_DEADLINE_S)
            self._client.call("removeProcessGroup", group)
        end_processes(family)
        self._family.end(group, supervisord)
        for file in (self.directory / "programs").glob(f"{group}.*"):
            file.unlink()

    def _wait_for_end(self, group: str, within_s: float) -> None:
        deadline = time.monotonic() + within_s
        while any(row.alive for row in self.status() if row.group == group) and time.monotonic() < deadline:
            time.sleep(_POLL_S)

    def status(self) -> list[ProgramStatus]:
        """All programs; empty where supervisord does not answer."""
        return self._client.status()

    def restarts(self) -> dict[str, int]:
        """How often each program was started again, by its name; supervisord says it in its log alone."""
        counts: Counter[str] = Counter()
        with contextlib.suppress(OSError):
            log = (self.directory / "logs" / "supervisord.log").read_text(errors="replace")
            counts.update(re.findall(r"spawned: '[^'.]+\.([^']+)' with pid", log))
        return {name: count - 1 for name, count in counts.items()}

    def last_words(self, group: str, program: str) -> str:
        """The last lines of a program that has ended, once supervisord has read all that it said."""
        deadline = time.monotonic() + _LAST_WORDS_S
        while time.monotonic() < deadline and any(
            row.alive for row in self.status() if (row.group, row.name) == (group, program)
        ):
            time.sleep(_POLL_S)
        return tail(self.log_of(group, program), 8) or "It said nothing."

    def stop(self) -> None:
        """Stop all programs, then supervisord itself; afterwards nothing that it started is left."""
        family = self.processes()
        with contextlib.suppress(UnansweredError):
            self._client.call("shutdown")
            deadline = time.monotonic() + _STOP_DEADLINE_S
            while left_of(family) and time.monotonic() < deadline:
                if self._process is not None:
                    self._process.poll()
                self.answers()
                time.sleep(_POLL_S)
        end_processes(family)
        self._family.end()
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):  # what cannot be killed
                self._process.wait(_STOP_DEADLINE_S)

    def processes(self) -> dict[int, float]:
        """The pids of supervisord and all that it started, wherever that went: creation times by process id."""
        supervisord = self._pids()
        roots = [status.pid for status in self.status() if status.pid]
        orphans = orphans_of(self._process.pid) if self._process is not None else []
        return processes_of([*roots, *supervisord, *orphans, *self._family.pids("", supervisord)])

    def _pids(self) -> list[int]:
        """supervisord, and before it its keeper where it has one."""
        return [self._process.pid] if self._process is not None else self._client.pids()

    def log_of(self, group: str, program: str) -> Path:
        """What a program of a group says."""
        return self.directory / "logs" / f"{group}.{program}.log"

    def log_tail(self, lines: int = 10) -> str:
        """The last lines of supervisord's own log."""
        return tail(self.directory / "logs" / "supervisord.log", lines)
