"""Programs on this machine: where they are, what they say."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

# Debian keeps daemons where an ordinary user's PATH does not look; wheels put programs beside the interpreter.
_MORE = (str(Path(sys.executable).parent), "/usr/local/sbin", "/usr/sbin")


def find_program(names: Iterable[str]) -> str | None:
    """The path of the first of these programs that is there; None where none is."""
    path = os.pathsep.join((os.environ.get("PATH", os.defpath), *_MORE))
    return next((found for name in names if (found := shutil.which(name, path=path))), None)


def output_of(
    argv: Sequence[str],
    *,
    timeout_s: float = 5.0,
    directory: str | None = None,
    env: Iterable[tuple[str, str]] = (),
    inherited: Mapping[str, str] = os.environ,
) -> tuple[int | None, str]:
    """Exit code and all that a short command says; the code is None where it did not end in time or did not start.

    Its environment is ``inherited`` with ``env`` on top.
    """
    try:
        done = subprocess.run(
            argv,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=timeout_s,
            cwd=directory,
            env={**inherited, **dict(env)},
        )
    except subprocess.TimeoutExpired as exc:
        return None, (exc.stdout or b"").decode(errors="replace")
    except OSError as exc:
        return None, str(exc)
    return done.returncode, done.stdout.decode(errors="replace")
