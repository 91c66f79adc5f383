"""The interpreter of an app: found where it is named, and asked what it has, whatever lies about."""

import importlib.metadata
import json
import os
import platform
import sys
from pathlib import Path

import pytest

from support.command import APPS, run_wsgibench
from wsgibench.errors import MissingError
from wsgibench.model.app import App
from wsgibench.processes.interface import interface_of
from wsgibench.processes.interpreter import can_import, described, interpreter_at, problem_of, sources_of, versions_of

SHADOWS = ("calendar", "email", "json", "importlib", "functools", "platform", "csv", "zipfile")
"""What projects have of their own, too."""


@pytest.fixture
def project(tmp_path: Path, monkeypatch) -> Path:
    """The working directory: a project with an environment in ``.venv``, and modules called as Python's are."""
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").symlink_to(sys.executable)
    for name in SHADOWS:
        (tmp_path / f"{name}.py").write_text(f"raise SystemExit('{name} of the project was imported')\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("named", [".venv", ".venv/", ".venv/bin/python", "./.venv/bin/python"])
def test_a_path_is_absolute_and_its_links_stay(project: Path, named: str) -> None:
    """The stacks run elsewhere; and by its link alone an environment is known."""
    assert interpreter_at(named) == str(project / ".venv" / "bin" / "python")


def test_home_and_path_are_followed(project: Path, monkeypatch) -> None:
    monkeypatch.setenv("HOME", str(project))
    assert interpreter_at("~/.venv") == str(project / ".venv" / "bin" / "python")
    monkeypatch.setenv("PATH", str(project / ".venv" / "bin"))
    assert interpreter_at("python") == str(project / ".venv" / "bin" / "python")


def test_a_folder_that_is_no_environment_is_told(project: Path) -> None:
    with pytest.raises(MissingError, match="has no bin/python") as told:
        interpreter_at(str(project))
    assert told.value.hint == f"Did you mean '{project}/.venv'?"
    assert interpreter_at("~nobody-of-that-name/bin/python") == f"{project}/~nobody-of-that-name/bin/python"
    with pytest.raises(MissingError, match="is on PATH"):
        interpreter_at("python9.99")


def test_a_command_line_takes_a_folder(project: Path) -> None:
    """A real one, linked into the project; relative to where the command is typed."""
    (project / "env").symlink_to(sys.prefix)
    for name in SHADOWS:
        (project / f"{name}.py").unlink()
    ended = run_wsgibench("doctor", "--python", "env", "--json", cwd=project)
    assert ended.code == 0, ended.err
    found = {(each["topic"], each["name"]): each["state"] for each in json.loads(ended.out)}
    assert found["server", "gunicorn"] == "good"
    ended = run_wsgibench("doctor", "--python", "nowhere", cwd=project)
    assert ended.code == 3
    assert "No interpreter 'nowhere' is on PATH." in ended.err


def test_modules_of_the_working_directory_are_not_asked(project: Path) -> None:
    """``python -c`` looks there first."""
    found = versions_of(["gunicorn", "no-such-thing"], str(project / ".venv" / "bin" / "python"))
    assert found["no-such-thing"] is None
    app = App(target="hello:app", directory=str(project))
    (project / "hello.py").write_text((APPS / "hello.py").read_text().replace("import os", "os = __import__('os')"))
    assert problem_of(app, timeout_s=30, inherited=os.environ) is None
    assert described(app, inherited=os.environ) is not None


def test_all_packages_are_named_as_the_app_finds_them(tmp_path: Path) -> None:
    """Those of its environment, and those on the path that its variables say; the first of a name is the one."""
    for version, place in (("2.1", "first"), ("1.0", "second")):
        info = tmp_path / place / f"own_thing-{version}.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: Own.Thing\nVersion: {version}\n")
    path = os.pathsep.join((str(tmp_path / "first"), str(tmp_path / "second")))
    app = App(target="hello:app", directory=str(APPS), env=(("PYTHONPATH", path),))
    found = described(app, inherited=os.environ)
    assert found is not None
    assert (found.path, found.version) == (sys.executable, platform.python_version())
    assert found.implementation == platform.python_implementation()
    assert found.packages["Own.Thing"] == "2.1"
    assert found.packages["gunicorn"] == importlib.metadata.version("gunicorn")


def test_an_app_may_speak_when_its_interpreter_ends(tmp_path: Path) -> None:
    """As clients of monitoring services do, which send then what is left to send."""
    for name, app in (("right", "def app(environ, start_response): ..."), ("wrong", "app = 'no app'")):
        (tmp_path / f"{name}.py").write_text(f"import atexit\n\natexit.register(print, '2 events are sent')\n{app}\n")
    right, wrong = (App(target=f"{name}:app", directory=str(tmp_path)) for name in ("right", "wrong"))
    assert problem_of(right, timeout_s=30, inherited=os.environ) is None
    assert sources_of(right, timeout_s=30, inherited=os.environ) == [str((tmp_path / "right.py").resolve())]
    assert problem_of(wrong, timeout_s=30, inherited=os.environ) == "is no callable but of type str"


def test_an_interpreter_may_speak_at_its_end(tmp_path: Path) -> None:
    """Its ``sitecustomize`` says what runs then, a measurer of coverage for one."""
    (tmp_path / "sitecustomize.py").write_text("import atexit\n\natexit.register(print, 'no data was collected')\n")
    env = (("PYTHONPATH", str(tmp_path)),)
    assert described(App(target="hello:app", directory=str(APPS), env=env), inherited=os.environ) is not None
    assert can_import("gunicorn", sys.executable, env=env, inherited=os.environ)


@pytest.mark.parametrize("program", ["/bin/echo", "/bin/false", "/nowhere/python"])
def test_what_is_no_interpreter_is_told(program: str) -> None:
    with pytest.raises(MissingError, match="does not run"):
        versions_of(["gunicorn"], program)
    assert described(App(target="a:b", directory="/", python=program), inherited=os.environ) is None


def test_what_a_factory_is_called_with_is_on_no_command_line(tmp_path: Path) -> None:
    """A password may be in it; nor does the app find it in its environment."""
    (tmp_path / "shop.py").write_text(
        "import os, pathlib\n"
        "def create_app(url):\n"
        "    assert 'pass-word' not in pathlib.Path('/proc/self/cmdline').read_text()\n"
        "    assert not [name for name, value in os.environ.items() if 'pass-word' in value]\n"
        "    return lambda environ, start_response: [url.encode()]\n"
    )
    app = App(target="shop:create_app('postgres://u:pass-word@h/db')", directory=str(tmp_path))
    assert problem_of(app, timeout_s=60, inherited=os.environ) is None
    assert sources_of(app, timeout_s=60, inherited=os.environ) == [str((tmp_path / "shop.py").resolve())]
    assert interface_of(app, timeout_s=60, inherited=os.environ) == "wsgi"
