"""The text of supervisord's configuration files.

Supervisor reads three languages at once: INI with comments after white space, %-formats, and shell words. Each value
goes through ``_escape`` for the first two; ``command_line`` takes care of the third.
"""

import grp
import os
import pwd
import resource
import shlex
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

from wsgibench.errors import UsageError
from wsgibench.model.program import Program

STOP_WAIT_S = 3
_OPEN_FILES = 65_536
_LAUNCH = Path(__file__).with_name("_launch.py")


def main_text(directory: Path) -> str:
    """``supervisord.conf``: private socket, no port, no password; programs come from ``programs/*.conf``."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = max(soft, min(hard, _OPEN_FILES)) if hard != resource.RLIM_INFINITY else max(soft, _OPEN_FILES)
    # Without a user, supervisord warns when it runs as root; as anyone else it may not name one.
    user = f"user={pwd.getpwuid(os.getuid()).pw_name}\n" if os.getuid() == 0 else ""
    owner = f"{os.getuid()}:{grp.getgrgid(os.getgid()).gr_name}" if os.getuid() == 0 else ""
    chown = f"chown={owner}\n" if owner else ""
    here = _escape(str(directory))
    return (
        f"[unix_http_server]\nfile={here}/supervisor.sock\nchmod=0600\n{chown}\n"
        f"[supervisord]\nlogfile={here}/logs/supervisord.log\nlogfile_maxbytes=10MB\nlogfile_backups=1\n"
        f"pidfile={here}/supervisord.pid\nchildlogdir={here}/logs\nnocleanup=true\nsilent=true\n"
        f"minfds={files}\nidentifier=wsgibench\n{user}\n"
        "[rpcinterface:supervisor]\n"
        "supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\n\n"
        f"[supervisorctl]\nserverurl=unix://{here}/supervisor.sock\n\n"
        # Relative to this file, and so never split at a blank in its path.
        "[include]\nfiles=programs/*.conf\n"
    )


def group_text(group: str, programs: Iterable[Program], *, directory: Path, restart: bool) -> str:
    """``programs/<group>.conf``: one group and its programs, each with a log file of its own."""
    programs = tuple(programs)
    names = ",".join(f"{group}.{program.name}" for program in programs)
    sections = [f"[group:{group}]\nprograms={names}\n"]
    sections += [
        f"[program:{group}.{program.name}]\n"
        f"command={_escape(command_line(program, environment_file(group, program, directory=directory)))}\n"
        f"directory={_escape(program.directory)}\n"
        "autostart=true\n"
        # A program that ends within a second of its start has failed; nobody is helped by more tries.
        "startsecs=1\nstartretries=0\n"
        f"autorestart={'true' if restart else 'false'}\n"
        f"stopsignal={program.stop_signal}\n"
        f"stopwaitsecs={STOP_WAIT_S}\n"
        # The server's own workers get the signals too: nothing is left when a master dies badly.
        "stopasgroup=true\nkillasgroup=true\n"
        "redirect_stderr=true\n"
        f"stdout_logfile={_escape(str(directory))}/logs/{group}.{program.name}.log\n"
        "stdout_logfile_maxbytes=10MB\nstdout_logfile_backups=1\n"
        for program in programs
    ]
    return "\n".join(sections)


def environment_file(group: str, program: Program, *, directory: Path) -> Path:
    """Where the program's own environment stands: what is secret in it is to stand on no command line."""
    return directory / "programs" / f"{group}.{program.name}.env"


def environment_text(program: Program) -> bytes:
    """What stands there."""
    return b"".join(os.fsencode(f"{name}={value}\0") for name, value in program.env)


def command_line(program: Program, environment: Path) -> str:
    """The words of the command, quoted for a shell-like parser.

    ``_launch.py`` sets the environment, from a file. ``setpriv`` asks the kernel to end the program when supervisord is
    killed; where it is not there, that case is left to us.
    """
    words = [sys.executable, "-I", "-S", str(_LAUNCH), str(environment), *program.argv]
    if shutil.which("setpriv"):
        words = ["setpriv", "--pdeathsig", "TERM", *words]
    return _without_comments(shlex.join(words))


def _escape(value: str) -> str:
    """The value as INI with %-formats holds it."""
    if any(ord(character) < 32 for character in value) or " ;" in value or " #" in value:
        raise UsageError(
            f"{value!r} holds a line break, a tab, ' ;' or ' #', which supervisor's files cannot.",
            "Choose a path or value without it.",
        )
    return value.replace("%", "%%")


def _without_comments(words: str) -> str:
    """The same shell words, with no comment sign behind white space.

    Such a sign can only stand within quotes; closing and opening them just before it gives the same word.
    """
    return words.replace(" ;", " '';").replace(" #", " ''#")
