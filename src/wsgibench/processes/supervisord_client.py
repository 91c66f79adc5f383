"""What is asked of a supervisord that runs: by XML-RPC over its socket."""

import contextlib
import http.client
import xmlrpc.client
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from supervisor.xmlrpc import SupervisorTransport, UnixStreamHTTPConnection

_ANSWER_S = 30.0
"""supervisord answers at once, unless it is stopped, or the machine is."""
_RUNNING = ("STARTING", "RUNNING", "STOPPING")


@dataclass(frozen=True, kw_only=True)
class ProgramStatus:
    """A program as supervisord sees it; ``pid`` is None where it does not run."""

    group: str
    name: str
    state: str
    pid: int | None
    since_s: float
    log: Path

    @property
    def alive(self) -> bool:
        """Whether a process is there."""
        return self.state in _RUNNING and self.pid is not None


class UnansweredError(Exception):
    """supervisord is not there, or refuses."""


class SupervisordClient:
    """The one that listens, or will, at this unix socket."""

    def __init__(self, socket: Path) -> None:
        self._transport = _transport(socket)
        self._rpc = xmlrpc.client.ServerProxy("http://localhost", transport=self._transport)

    def call(self, method: str, *arguments: object) -> Any:  # noqa: ANN401  # what XML-RPC answers
        """Ask for something.

        Raises:
            UnansweredError: it is not there, or refuses.
        """
        try:
            return getattr(self._rpc.supervisor, method)(*arguments)
        except (OSError, http.client.HTTPException, xmlrpc.client.Error) as exc:
            self._transport.close()  # it would keep the broken connection
            raise UnansweredError(str(exc)) from exc

    def answers(self) -> bool:
        """Whether it runs and answers. Asking also wakes it, which else looks around once a second."""
        try:
            self.call("getState")
        except UnansweredError:
            return False
        return True

    def status(self) -> list[ProgramStatus]:
        """All programs; empty where it does not answer."""
        try:
            rows = self.call("getAllProcessInfo")
        except UnansweredError:
            return []
        return [
            ProgramStatus(
                group=row["group"],
                name=row["name"].removeprefix(f"{row['group']}."),
                state=row["statename"],
                pid=row["pid"] or None,
                since_s=float(row["start"]),
                log=Path(row["stdout_logfile"]),
            )
            for row in rows
        ]

    def pids(self) -> list[int]:
        """Its process, and before it its keeper where it has one; empty where it does not answer."""
        with contextlib.suppress(UnansweredError, psutil.NoSuchProcess):
            own = psutil.Process(int(str(self.call("getPID"))))
            keeper = own.parent()
            kept = keeper is not None and keeper.cmdline() == own.cmdline()
            return [*([keeper.pid] if keeper is not None and kept else []), own.pid]
        return []


class _Connection(UnixStreamHTTPConnection):  # type: ignore[misc]  # supervisor has no types
    """One that does not wait for ever for a supervisord that is stopped."""

    def connect(self) -> None:
        super().connect()
        self.sock.settimeout(_ANSWER_S)


def _transport(socket: Path) -> SupervisorTransport:
    """Of such connections."""

    def connection() -> _Connection:
        made = _Connection("localhost")
        made.socketfile = str(socket)
        return made

    transport = SupervisorTransport(None, None, f"unix://{socket}")
    transport._get_connection = connection  # noqa: SLF001  # it has no other place for a time-out
    return transport
