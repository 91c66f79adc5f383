"""What users name as their app beside ``module:attribute``: files, settings, modules below ``src``."""

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from wsgibench.errors import UsageError
from wsgibench.processes.interpreter import can_import

_SETTINGS = re.compile(r"[^:#\s]+\.ini\b")


def refuse_files(target: str, directory: str) -> None:
    """Refuse what is a file, and say which module it is or how to make one.

    Raises:
        UsageError: it names a file.
    """
    if settings := _SETTINGS.search(target):
        raise UsageError(f"'{settings[0]}' is a file of settings, and no app.", _from_settings(settings[0]))
    file, _, attribute = target.partition(":")
    path = Path(file)
    if "(" in file or (os.sep not in file and not Path(directory, file).is_file()):
        return
    if path.suffix == ".wsgi":
        hint = f"Python imports no .wsgi file: copy it to wsgi.py, and give --app wsgi:{attribute or 'application'}."
    else:
        hint = _as_module(path, attribute or "app")
    raise UsageError(f"'{target}' names a file, where its module is to be named.", hint)


def _from_settings(file: str) -> str:
    """How to have an app of such settings."""
    if Path(file).name.startswith("uwsgi"):
        return "It is uWSGI's own: give --app what its line 'module' says."
    lines = (
        "Write these lines into wsgi.py, and give --app wsgi:app (for others than Pyramid: paste.deploy.loadapp):",
        "from pyramid.paster import get_app, setup_logging",
        f"setup_logging({file!r})",
        f"app = get_app({file!r}, 'main')",
    )
    return "\n".join(lines)


def _as_module(path: Path, attribute: str) -> str:
    """The options that name the same."""
    parts = path.with_suffix("").parts
    if path.is_absolute():
        return f"Give --chdir {path.parent} --app {parts[-1]}:{attribute}"
    parts = tuple(part for part in parts if part != ".")
    inside = parts[1:] if parts[0] == "src" and len(parts) > 1 else parts
    return f"Give --app {'.'.join(inside)}:{attribute}"


def path_below_src(
    target: str, *, directory: str, python: str, env: Sequence[tuple[str, str]], inherited: Mapping[str, str]
) -> tuple[tuple[str, str], ...]:
    """``PYTHONPATH`` with ``src``, where the app's module is there and nowhere else; empty elsewhere.

    A project with such a layout is installed, or started with that path. What the user says of it stays.
    """
    name = target.partition(":")[0].partition(".")[0]
    root = Path(directory)
    if not _holds(root / "src", name) or _holds(root, name) or any(key == "PYTHONPATH" for key, _ in env):
        return ()
    if can_import(name, python, env=env, inherited=inherited):
        return ()
    paths = (str(root / "src"), *filter(None, [inherited.get("PYTHONPATH")]))
    return (("PYTHONPATH", os.pathsep.join(paths)),)


def _holds(folder: Path, module: str) -> bool:
    return (folder / f"{module}.py").is_file() or (folder / module).is_dir()
