"""``wsgibench.toml``: options of a project, from the working directory."""

import os
import stat
import tomllib
from typing import BinaryIO

from wsgibench.errors import UnknownNameError, UsageError

CONFIGURATION = "wsgibench.toml"
VARIANTS_KEY = "wsgibench.variants"
"""Under which click's context keeps the tables ``[variants.NAME]``."""
_MOST_BYTES = 64 << 10
_HINT = "It is TOML: workers = 4"


def configured() -> dict[str, object]:
    """The options that it sets, and the table of variants; none without one.

    It names what is run, as a Makefile does. So one that somebody put into a directory that all may write to, such as
    /tmp, is refused.

    Raises:
        UsageError: it is not TOML, sets what is no option, or is not to be trusted.
    """
    try:
        values = tomllib.loads(_text())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as exc:
        reason = "it is nested too deep" if isinstance(exc, RecursionError) else exc
        raise UsageError(f"{CONFIGURATION} cannot be read: {reason}.", _HINT) from exc
    # Here: where there is none, neither --help nor the verbs without options wait for what all the rows ask of.
    from wsgibench.cli.option_table import OPTIONS  # noqa: PLC0415

    options = {key.replace("-", "_"): value for key, value in values.items()}
    for key in options:
        if key not in OPTIONS and key != "variants":
            raise UnknownNameError(f"option of {CONFIGURATION}", key, OPTIONS)
    return options


def _text() -> str:
    """Of a plain file; a pipe is not waited for."""
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
    with open(CONFIGURATION, "rb", opener=lambda name, _: os.open(name, flags)) as file:
        _check(file)
        return file.read(_MOST_BYTES).decode()


def _check(file: BinaryIO) -> None:
    found = os.fstat(file.fileno())
    if not stat.S_ISREG(found.st_mode):
        raise UsageError(f"{CONFIGURATION} is no plain file.", _HINT)
    if found.st_size > _MOST_BYTES:
        raise UsageError(f"{CONFIGURATION} is {found.st_size:,} bytes long, and no project has as many options.", _HINT)
    # A project's own user may be another than we, in a container for example; in /tmp that is root.
    if found.st_uid not in (os.geteuid(), 0, os.stat(".").st_uid):  # noqa: PTH116  # of a path it says no more
        from wsgibench.deploy.hops import user_name  # noqa: PLC0415  # as for every command, and takes its time

        raise UsageError(
            f"{CONFIGURATION} belongs to {user_name(found.st_uid)}, and this directory does not.",
            "It could run anything. Remove it, or work in a directory of your own.",
        )
