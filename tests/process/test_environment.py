"""What a shell, or a file beside the app, has for servers does not reach those that are measured."""

import json
import sys
import time
import urllib.request
from pathlib import Path

import psutil
import pytest

from support.command import APPS, run_wsgibench, serving
from support.here import HERE
from wsgibench.contract.choice import each
from wsgibench.deploy.environment import built_environment, configuring, environment_names, with_bytecode_in
from wsgibench.deploy.workers import count_workers
from wsgibench.model.stack import parse_stack
from wsgibench.model.trial import WorkerCount
from wsgibench.servers import SERVERS

WORKERS = 3
STACKS = [name if SERVERS.get(name).protocol == "http" else f"nginx+{name}" for name in SERVERS.names()]
SHELL = {
    "UWSGI_CHEAPER": "1",
    "UWSGI_HARAKIRI": "1",
    "UWSGI_HTTP_KEEPALIVE": "0",
    "GUNICORN_CMD_ARGS": "--workers 7 --access-logfile -",
    "WEB_CONCURRENCY": "7",
    "SCRIPT_NAME": "/prefix",
    "FORWARDED_ALLOW_IPS": "*",
    "GRANIAN_WORKERS_LIFETIME": "60",
    "GRANIAN_BLOCKING_THREADS": "7",
    "GRANIAN_URL_PATH_PREFIX": "/prefix",
    "UVICORN_WORKERS": "7",
    "UVICORN_ROOT_PATH": "/prefix",
    "WERKZEUG_RUN_MAIN": "true",
    "WERKZEUG_SERVER_FD": "0",
    "FLASK_RUN_PORT": "1",
    "NGINX": "0;",
    "LISTEN_FDS": "1",
    "NOTIFY_SOCKET": "@nobody",
    "PYTHONMALLOC": "debug",
    "PYTHONOPTIMIZE": "2",
    "PYTHONPROFILEIMPORTTIME": "1",
    "MALLOC_ARENA_MAX": "1",
}
"""What may be there for another server, or for a look at something."""
FILES = {
    "gunicorn.conf.py": "raise SystemExit('the file of the app was read')\n",
    "uwsgi.ini": "[uwsgi]\nprocesses = 7\n",
    "granian.toml": "workers = 7\n",
    "setup.cfg": "[gunicorn]\nworkers = 7\n[uwsgi]\nprocesses = 7\n",
    "pyproject.toml": "[tool.granian]\nworkers = 7\n",
    ".env": "GRANIAN_WORKERS=7\nGUNICORN_CMD_ARGS=--workers=7\nUWSGI_CHEAPER=1\n",
    ".flaskenv": "FLASK_RUN_PORT=1\n",
    "waitress.ini": "[server:main]\nthreads = 7\n",
    "nginx.conf": "daemon on;\n",
}
"""What lies in the folders of apps that have been deployed once."""


def served_environment(url: str) -> dict[str, str]:
    found: dict[str, str] = json.load(urllib.request.urlopen(f"{url}/", timeout=10))
    return found


def server_pid(process_id: int, name: str) -> int:
    """The process of the server's own below ``wsgibench serve``."""
    [supervisord] = [
        child
        for child in psutil.Process(process_id).children()
        if "wsgibench.processes._supervisord" in child.cmdline()
    ]
    servers = [child for child in supervisord.children() if "nginx" not in child.name()]
    assert len(servers) == 1, name
    return servers[0].pid


def counted(stack: str, process_id: int, *, at_least: int) -> WorkerCount:
    """What runs once so many workers do, for a server that has any; they are started one after another."""
    pid, deadline = server_pid(process_id, stack), time.monotonic() + 10
    while True:
        count = count_workers(HERE, parse_stack(stack, workers=WORKERS), pid)
        if count.found >= (at_least if count.asked > 1 else 1):
            return count
        assert time.monotonic() < deadline, count
        time.sleep(0.05)


@pytest.mark.parametrize("stack", each(STACKS))
def test_neither_the_shell_nor_a_file_of_the_apps_configures_a_server(stack: str, tmp_path: Path) -> None:
    """It has the workers and threads that were asked for, and serves at the root, whatever lies about."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    for module in ("surroundings", "asgi_surroundings"):
        (tmp_path / f"{module}.py").write_text((APPS / f"{module}.py").read_text())
    apps = ("--app", "surroundings:app", "--asgi-app", "asgi_surroundings:app")
    arguments = (stack, *apps, "--chdir", str(tmp_path), "--workers", str(WORKERS))
    with serving(*arguments, env={**SHELL, "DATABASE_URL": "postgres://here"}) as (url, process):
        seen = served_environment(url)
        count = counted(stack, process.pid, at_least=WORKERS)
    assert count.found == count.asked
    assert count.threads_asked is None or count.threads_found == count.threads_asked
    assert not {name: value for name, value in seen.items() if SHELL.get(name) == value}
    assert not [name for name in seen if name.startswith("SUPERVISOR_")]
    assert seen["DATABASE_URL"] == "postgres://here"


def test_what_the_user_gives_counts_even_for_a_server() -> None:
    """``--env`` is an explicit wish, and the one for a server reaches it."""
    given = ("--env", "GUNICORN_CMD_ARGS=--workers 4", "--env", "PYTHONOPTIMIZE=1")
    with serving("gunicorn", "--app", "surroundings:app", "--chdir", str(APPS), *given) as (url, process):
        assert served_environment(url)["PYTHONOPTIMIZE"] == "1"
        assert counted("gunicorn", process.pid, at_least=4).found == 4


def test_a_shell_with_fewer_workers_for_uwsgi_changes_no_trial(tmp_path: Path) -> None:
    """UWSGI_CHEAPER=1 made one worker of four, and every gate passed."""
    ended = run_wsgibench(
        *("run", "uwsgi-http", "--app", "delayed:app", "--chdir", str(APPS), "--workers", "4", "--connections", "8"),
        *("--blocks", "1", "--duration", "1s", "--pictures", "off", "--out", str(tmp_path)),
        env={"UWSGI_CHEAPER": "1"},
    )
    [run] = [json.loads(path.read_text()) for path in tmp_path.glob("*/run.json")]
    [trial] = [json.loads(path.read_text()) for path in tmp_path.glob("*/trials/*/trial.json")]
    [gate] = [gate for gate in trial["gates"] if gate["name"] == "workers"]
    assert gate["passed"], (gate, ended.err)
    assert gate["figure"] == 4
    assert "UWSGI_CHEAPER" in run["environment"]["removed"]
    assert run["interpreter"]["path"] == sys.executable
    assert run["interpreter"]["packages"]["pyuwsgi"] == run["versions"]["pyuwsgi"]
    assert {"psutil", "httptools", "wsgibench", "python"} <= set(run["versions"])
    assert "PATH" in run["environment"]["passed"]


def test_fewer_workers_than_asked_for_fail_their_gate(tmp_path: Path) -> None:
    """What the user gives with ``--env`` reaches uWSGI; the figures are not those of four workers, and do not count."""
    ended = run_wsgibench(
        *("run", "uwsgi-http", "--app", "delayed:app", "--chdir", str(APPS), "--workers", "4", "--connections", "8"),
        *("--env", "UWSGI_CHEAPER=1", "--blocks", "1", "--duration", "1s", "--pictures", "off", "--out", str(tmp_path)),
    )
    [trial] = [json.loads(path.read_text()) for path in tmp_path.glob("*/trials/*/trial.json")]
    [gate] = [gate for gate in trial["gates"] if gate["name"] == "workers"]
    assert not gate["passed"]
    assert gate["figure"] < gate["threshold"] == 4
    assert ended.code == 1


def test_all_that_configures_is_taken_and_all_else_stays() -> None:
    """The app's own variables, and those of where things are, pass whatever they are called."""
    theirs = {
        "DJANGO_SETTINGS_MODULE": "site.settings",
        "FLASK_DEBUG": "0",
        "PORT": "8000",
        "PATH": "/bin",
        "LC_ALL": "C.UTF-8",
        "PYTHONPATH": "/lib",
        "LD_LIBRARY_PATH": "/lib",
        "NGINX_HOST": "site",
    }
    assert built_environment({**SHELL, **theirs}) == theirs
    names = environment_names({**SHELL, **theirs})
    assert (set(names.passed), set(names.removed)) == (set(theirs), set(SHELL))


def test_compiled_modules_are_kept_elsewhere_unless_the_user_says_where(tmp_path: Path) -> None:
    """By a name that every interpreter knows."""
    assert with_bytecode_in(tmp_path, {"A": "1"}) == {"A": "1", "PYTHONPYCACHEPREFIX": str(tmp_path)}
    for name in ("PYTHONPYCACHEPREFIX", "PYTHONDONTWRITEBYTECODE"):
        assert with_bytecode_in(tmp_path, built_environment({name: "/own"})) == {name: "/own"}


def test_what_configures_a_server_is_told_from_what_configures_the_interpreter() -> None:
    assert configuring(["UWSGI_CHEAPER", "DEBUG", "PYTHONOPTIMIZE", "WEB_CONCURRENCY"]) == [
        "UWSGI_CHEAPER",
        "WEB_CONCURRENCY",
    ]
