"""The environment of servers and proxies: the shell's, without what configures them or how the interpreter runs.

What the app needs of its surroundings stays, ``DATABASE_URL`` or ``DJANGO_SETTINGS_MODULE``: nobody but its author
knows their names. What configures a server has a name that its adapter knows. It is taken from all stacks, not only
from those with that server, so that all apps see the same.
"""

import os
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from pathlib import Path

from wsgibench.model.environment import Environment
from wsgibench.proxies import PROXIES
from wsgibench.servers import SERVERS

_RUNTIME = (
    "PYTHON*",
    # The dynamic linker's, and allocators'.
    *("LD_*", "GLIBC_TUNABLES", "MALLOC_*", "JEMALLOC_*", "MIMALLOC_*", "TCMALLOC_*"),
    # Of a supervisord around this process; ours names its programs itself.
    "SUPERVISOR_*",
)
"""What makes every interpreter on every stack another one than the user would deploy, or than the record says."""

_BYTECODE = frozenset({"PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX"})
_KEPT = frozenset(
    {
        # Where modules and libraries are found.
        *("PYTHONPATH", "PYTHONUSERBASE", "PYTHONNOUSERSITE", "LD_LIBRARY_PATH"),
        # How the app's files are read, like LANG.
        *("PYTHONUTF8", "PYTHONIOENCODING"),
        # Whether and where it may write compiled modules: the user's disk, not the figures.
        *_BYTECODE,
    }
)


def built_environment(shell: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What servers and proxies get of the shell's environment; what the user gives with ``--env`` comes on top."""
    patterns = (*_configuration(), *_RUNTIME)
    return {name: value for name, value in shell.items() if name in _KEPT or not _matches(name, patterns)}


def with_bytecode_in(directory: Path, env: Mapping[str, str]) -> dict[str, str]:
    """The environment of servers whose apps keep compiled modules in a directory of ours, unless it says otherwise.

    So several states of an app all compile at their first start, and none leaves anything where it lives.
    """
    if env.keys() & _BYTECODE:
        return dict(env)
    return {**env, "PYTHONPYCACHEPREFIX": str(directory)}


def environment_names(shell: Mapping[str, str] = os.environ) -> Environment:
    """The names, for the record."""
    passed = built_environment(shell)
    return Environment(
        passed=tuple(sorted(passed)), removed=tuple(sorted(name for name in shell if name not in passed))
    )


def configuring(names: Iterable[str]) -> list[str]:
    """Those of the names that configure a server or a proxy, whichever."""
    patterns = _configuration()
    return [name for name in names if _matches(name, patterns)]


def _configuration() -> tuple[str, ...]:
    servers = (pattern for name in SERVERS.names() for pattern in SERVERS.get(name).reads)
    proxies = (pattern for name in PROXIES.names() for pattern in PROXIES.get(name).reads)
    return (*servers, *proxies)


def _matches(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)
