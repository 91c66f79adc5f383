"""What the interpreter of the app's environment has, and what is wrong with an app that does not start."""

import importlib.metadata
import json
import os
import re
import shutil
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from wsgibench.errors import MissingError
from wsgibench.model.app import App
from wsgibench.model.interpreter import Interpreter
from wsgibench.processes.programs import output_of

_ANSWER_S = 30.0
"""Until an interpreter has told what it has; from a cold disk that takes seconds."""

TOLD = "wsgibench is told: "
"""Begins the line of an answer, as JSON. Before and after it, whatever the interpreter imports may say something."""

# The working directory is often a project, whose calendar.py and email.py are not Python's.
WITHOUT_HERE = """
import sys
if sys.path[0] == "":
    del sys.path[0]
"""

_VERSIONS = f"""{WITHOUT_HERE}
import importlib.metadata, json
def version(name):
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
print("\\n{TOLD}" + json.dumps({{name: version(name) for name in sys.argv[1:]}}))
"""

_DESCRIPTION = f"""{WITHOUT_HERE}
import importlib.metadata, json, platform, sysconfig
def packages():
    # What comes first on the import path is what is imported.
    found = {{}}
    for each in importlib.metadata.distributions():
        try:
            name, version = each.metadata["Name"], each.version
        except Exception:
            continue
        if isinstance(name, str) and isinstance(version, str):
            found.setdefault(name.lower().replace("_", "-").replace(".", "-"), (name, version))
    return dict(sorted(found.values(), key=lambda pair: pair[0].lower()))
lockless = "t" if sysconfig.get_config_var("Py_GIL_DISABLED") else ""
print("\\n{TOLD}" + json.dumps({{
    "version": platform.python_version() + lockless,
    "implementation": platform.python_implementation(),
    "packages": packages(),
}}))
"""

_FIND = f"""{WITHOUT_HERE}
import importlib.util, json
print("\\n{TOLD}" + json.dumps(importlib.util.find_spec(sys.argv[1]) is not None))
"""

_TARGET = "WSGIBENCH_TARGET"
"""The variable that says which app to load: its factory may be called with a password, and command lines are public."""

THE_APP = f"""
import json, os
the_app = json.loads(os.environ.pop("{_TARGET}"))
"""
"""Gives a program that ``load`` runs its directory, module, attribute and call, and leaves the app none of it."""

_LOAD = f"""{WITHOUT_HERE}{THE_APP}
import functools, importlib
def problem(directory, module, attribute, call):
    sys.path.insert(0, directory)
    try:
        found = importlib.import_module(module)
    except BaseException as exc:
        return "cannot be imported: %s: %s" % (type(exc).__name__, exc)
    try:
        found = functools.reduce(getattr, attribute.split("."), found)
    except AttributeError:
        return "does not exist: the module '%s' has no '%s'" % (module, attribute)
    if not callable(found):
        return "is no callable but of type %s" % type(found).__name__
    if call:
        try:
            found = eval("found" + call)
        except BaseException as exc:
            return "cannot be made: its factory raises %s: %s" % (type(exc).__name__, exc)
        if not callable(found):
            return "is no callable: its factory returns %s" % type(found).__name__
    return None
print("\\n{TOLD}" + json.dumps(problem(*the_app)))
"""

_SOURCES = (
    _LOAD
    + f"""
import sysconfig
installed = map(sysconfig.get_path, ("stdlib", "platstdlib", "purelib", "platlib"))
installed = tuple(os.path.realpath(path) + os.sep for path in installed)
files = {{getattr(each, "__file__", None) for each in list(sys.modules.values())}}
paths = {{os.path.realpath(file) for file in files if isinstance(file, str)}}
installed_too = ("site-packages", "dist-packages")
paths = {{path for path in paths if not any(part in installed_too for part in path.split(os.sep))}}
print("{TOLD}" + json.dumps(sorted(path for path in paths if not path.startswith(installed))))
"""
)


def interpreter_at(named: str) -> str:
    """The path of the interpreter that is named: by its own path, by the folder of its environment, or as on PATH.

    Its links are not followed: by its link alone a virtual environment is known.

    Raises:
        MissingError: there is none.
    """
    path = Path(os.path.expanduser(named))  # noqa: PTH111  # of an unknown user pathlib makes a RuntimeError
    if path.is_dir():
        if found := _interpreter_in(path):
            return found
        below = next((below for below in (path / ".venv", path / "venv", path / "env") if _interpreter_in(below)), None)
        raise MissingError(
            f"The folder '{named}' is no Python environment: it has no bin/python.",
            f"Did you mean '{below}'?" if below else "Give --python the path of a Python interpreter.",
        )
    if os.sep in named:
        return str(path.absolute())
    on_path = shutil.which(named)
    if on_path is None:
        raise MissingError(
            f"No interpreter '{named}' is on PATH.", "Give --python the path of one, or the folder of its environment."
        )
    return str(Path(on_path).absolute())


def _interpreter_in(folder: Path) -> str | None:
    programs = (folder / "bin" / name for name in ("python", "python3"))
    return next((str(program.absolute()) for program in programs if program.is_file()), None)


def described(app: App, *, inherited: Mapping[str, str]) -> Interpreter | None:
    """The app's interpreter, asked where and with what the app runs; None where it does not tell."""
    _, said = output_of(
        (app.python, "-c", _DESCRIPTION),
        timeout_s=_ANSWER_S,
        directory=app.directory,
        env=app.env,
        inherited=inherited,
    )
    try:
        return Interpreter(path=app.python, **told(said))
    except (ValueError, TypeError):
        return None


def can_import(name: str, python: str, *, env: Iterable[tuple[str, str]], inherited: Mapping[str, str]) -> bool:
    """Whether the interpreter finds a module of this name, without dots, in its environment; it is not imported."""
    _, said = output_of((python, "-c", _FIND, name), timeout_s=_ANSWER_S, env=env, inherited=inherited)
    try:
        return told(said) is True
    except ValueError:
        return False


def versions_of(distributions: Iterable[str], python: str = sys.executable) -> dict[str, str | None]:
    """Version by distribution in that interpreter's environment; None where it is not installed.

    Raises:
        MissingError: the interpreter does not run.
    """
    names = tuple(distributions)
    if python == sys.executable:
        return {name: _own_version(name) for name in names}
    versions: dict[str, str | None] = _told(python, _VERSIONS, *names)
    return versions


def packages_of(python: str) -> dict[str, str]:
    """Versions of all that is installed in the interpreter's environment by name, and of ``python`` itself.

    Raises:
        MissingError: the interpreter does not run.
    """
    found = _told(python, _DESCRIPTION)
    return {name.lower(): version for name, version in found["packages"].items()} | {"python": found["version"]}


def _told(python: str, program: str, *arguments: str) -> Any:  # noqa: ANN401  # what its JSON holds
    code, said = output_of((python, "-c", program, *arguments), timeout_s=_ANSWER_S)
    try:
        found = told(said) if code == 0 else None
    except ValueError:
        found = None
    if not isinstance(found, dict):
        last = said.strip().rpartition("\n")[2] or "it says nothing"
        raise MissingError(
            f"The interpreter '{python}' does not run: {last[:200]}.",
            "Give --python the path of a Python interpreter, or the folder of its environment.",
        )
    return found


def told(said: str) -> Any:  # noqa: ANN401  # what its JSON holds
    """The last answer in all that an interpreter said.

    Raises:
        ValueError: there is none.
    """
    answers: list[str] = re.findall(f"^{TOLD}(.*)$", said, re.MULTILINE)
    return json.loads(answers[-1] if answers else "")


def problem_of(app: App, *, timeout_s: float, inherited: Mapping[str, str]) -> str | None:
    """What keeps the app from being loaded, as the end of a sentence about it.

    None where it loads, and where that is not known after ``timeout_s`` seconds.
    """
    code, said = load(_LOAD, app, timeout_s, inherited)
    if code is None:
        return None
    try:
        problem: str | None = told(said)
    except ValueError:
        return f"ends the interpreter that loads it, with exit code {code}"
    return problem


def sources_of(app: App, *, timeout_s: float, inherited: Mapping[str, str]) -> list[str] | None:
    """Files of all modules that the app's import loads, but for what is installed; None where that is not known."""
    code, said = load(_SOURCES, app, timeout_s, inherited)
    try:
        sources: list[str] | None = told(said) if code == 0 else None
    except ValueError:
        return None
    return sources


def load(program: str, app: App, timeout_s: float, inherited: Mapping[str, str]) -> tuple[int | None, str]:
    """Exit code and words of a program in the app's interpreter, to which it is said which app to load.

    It leaves no compiled modules behind: to be asked about is no change of a checkout.
    """
    target = json.dumps((app.directory, app.module, app.attribute, app.call))
    return output_of(
        (app.python, "-B", "-c", program),
        timeout_s=timeout_s,
        directory=app.directory,
        env=(*app.env, (_TARGET, target)),
        inherited=inherited,
    )


def _own_version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
