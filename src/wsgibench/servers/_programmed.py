"""What servers have in common that are run by their functions: the arguments of ``_programmed_runner``."""

from collections.abc import Iterator
from pathlib import Path

from wsgibench.model.address import Address, Unix
from wsgibench.model.server import BACKLOG, Launch
from wsgibench.servers._entry import ENTRY, entry_files, entry_target

_RUNNER = Path(__file__).with_name("_programmed_runner.py")


def programmed_argv(launch: Launch, server: str, *, workers: int = 1, threads: int = 1) -> tuple[str, ...]:
    """Runs the app by that server."""
    return (
        *(launch.app.python, str(_RUNNER), server),
        *(word for path in (launch.app.directory, launch.directory) for word in ("-p", path)),
        *_bind(launch.address),
        *("--backlog", str(BACKLOG), "--workers", str(workers), "--threads", str(threads)),
        ENTRY if programmed_files(launch) else entry_target(launch.app),
    )


def programmed_files(launch: Launch) -> dict[str, str]:
    """None of these servers mounts an app, or believes a proxy: a few lines around the app do."""
    return entry_files(launch, mounts=True, believes=True)


def _bind(address: Address) -> Iterator[str]:
    if isinstance(address, Unix):
        return iter(("--unix", address.path))
    return iter(("--host", address.host, "--port", str(address.port)))
