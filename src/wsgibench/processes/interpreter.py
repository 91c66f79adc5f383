"""What the interpreter of the app's environment has, and what is wrong with an app that does not start."""

import importlib.metadata
import json
import sys
from collections.abc import Iterable, Mapping

from wsgibench.errors import MissingError
from wsgibench.model.app import App
from wsgibench.processes.programs import output_of

_VERSIONS = """
import importlib.metadata, json, sys
def version(name):
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
print(json.dumps({name: version(name) for name in sys.argv[1:]}))
"""

_LOAD = """
import functools, importlib, json, sys
def problem(directory, module, attribute, factory):
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
    if factory:
        try:
            found = found()
        except BaseException as exc:
            return "cannot be made: its factory raises %s: %s" % (type(exc).__name__, exc)
        if not callable(found):
            return "is no callable: its factory returns %s" % type(found).__name__
    return None
print("\\n" + json.dumps(problem(*sys.argv[1:4], sys.argv[4] == "factory")))
"""


def versions_of(distributions: Iterable[str], python: str = sys.executable) -> dict[str, str | None]:
    """Version by distribution in that interpreter's environment; None where it is not installed.

    Raises:
        MissingError: the interpreter does not run.
    """
    names = tuple(distributions)
    if python == sys.executable:
        return {name: _own_version(name) for name in names}
    code, said = output_of((python, "-c", _VERSIONS, *names))
    if code != 0:
        reason = (said.strip().splitlines() or ["it says nothing"])[-1][:200]
        raise MissingError(
            f"The interpreter '{python}' does not run: {reason}.", "Give --python the path of a Python interpreter."
        )
    versions: dict[str, str | None] = json.loads(said)
    return versions


def problem_of(app: App, *, timeout_s: float, inherited: Mapping[str, str]) -> str | None:
    """What keeps the app from being loaded, as the end of a sentence about it.

    None where it loads, and where that is not known after ``timeout_s`` seconds.
    """
    code, said = output_of(
        (app.python, "-c", _LOAD, app.directory, app.module, app.attribute, "factory" if app.is_factory else ""),
        timeout_s=timeout_s,
        directory=app.directory,
        env=app.env,
        inherited=inherited,
    )
    if code is None:
        return None
    try:
        problem: str | None = json.loads(said.splitlines()[-1])
    except (ValueError, IndexError):
        return f"ends the interpreter that loads it, with exit code {code}"
    return problem


def _own_version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
