"""``action.yml``: its shell steps do what they say, with what a workflow gives them."""

import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from support.command import went_well
from support.pages import ROOT
from support.repository import run_git

ACTION = (ROOT / "action.yml").read_text()
APP = "def app(environ, start_response):\n    start_response('200 OK', [])\n    return [b'hello']\n"
SHORT = """
app = "shop:app"
connections = 2
blocks = 1
duration = "500ms"
warmup = "100ms"
pictures = "off"
stack = ["waitress"]
"""


def step(name: str) -> str:
    """The script of the step with that name."""
    text = ACTION.partition(f"- name: {name}\n")[2].partition("\n    - name:")[0].partition("run: ")[2]
    return textwrap.dedent(text.removeprefix("|\n"))


def bash(script: str, directory: Path, timeout_s: float, **env: str) -> subprocess.CompletedProcess[str]:
    """As a runner runs a step."""
    return subprocess.run(
        ("/bin/bash", "-e", "-o", "pipefail", "-c", script),
        cwd=directory,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )


def test_every_input_comes_as_a_variable() -> None:
    """What a pull request can choose, such as the name of a branch, is never a part of a script."""
    for script in re.findall(r"run: (\|\n(?: {8,}.*\n)+|.*)", ACTION):
        assert "${{" not in script
    inputs = set(re.findall(r"^  (\w+):\n    description", ACTION, re.MULTILINE))
    assert inputs == set(re.findall(r"\$\{\{ inputs\.(\w+) \}\}", ACTION))


def test_an_interpreter_that_is_not_there_is_named(tmp_path: Path) -> None:
    """As it was given: a name, a path, or the folder of an environment."""
    (tmp_path / "wsgibench.toml").write_text(SHORT)
    inputs = {
        "APP": "", "ARTIFACT": "ab", "ASSERT": "", "BASE": "main", "BUDGET": "2m", "DIRECTORY": ".",
        "PATHS": "", "PYTHON": "python9.99",
        "STACK": "", "WSGIBENCH": str(Path(sys.executable).parent / "wsgibench"), "RUNNER_TEMP": str(tmp_path),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
    }  # fmt: skip
    done = bash(step("Measure"), tmp_path, 60, **inputs)
    assert done.returncode != 0
    assert "No interpreter 'python9.99' is on PATH." in done.stderr


def test_it_puts_the_answer_into_the_summary_of_the_job(tmp_path: Path) -> None:
    """Options of the workflow and of ``wsgibench.toml``; hostile values are values."""
    site = tmp_path / "workspace/site"
    site.mkdir(parents=True)
    (site / "shop.py").write_text(APP)
    (site / "wsgibench.toml").write_text(SHORT)
    run_git(site, "init", "--quiet", "--initial-branch=main")
    run_git(site, "add", ".")
    run_git(site, "commit", "--quiet", "--message", "one")
    command = tmp_path / "wsgibench"
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m wsgibench "$@"\n')
    command.chmod(0o755)
    inputs = {
        "ACTION": str(ROOT), "APP": "shop:app", "ARTIFACT": "ab $(id>hacked)",
        "ASSERT": "new >= old within 50%\n\nnew >= old within 50% on cpu\n", "BASE": "main", "BUDGET": "2m",
        "DIRECTORY": "site", "PATHS": "/cart?a=$(id>hacked)\n/\n", "PYTHON": sys.executable,
        "STACK": "gunicorn:w1 waitress",
        "WSGIBENCH": str(command), "RUNNER_TEMP": str(tmp_path), "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
    }  # fmt: skip
    done = bash(step("Measure"), tmp_path / "workspace", 110, **inputs)
    undecided = done.returncode == 1 and "is undecided" in done.stderr  # after one block
    assert undecided or went_well(done.returncode, done.stderr), done.stderr
    assert (tmp_path / "summary.md").read_text().startswith("- old: revision main (")
    [run] = (tmp_path / "wsgibench-runs/ab $(id>hacked)").glob("*/")
    plan = json.loads((run / "run.json").read_text())["plan"]
    assert [stack["server"] for stack in plan["stacks"]] == ["gunicorn", "gunicorn", "waitress", "waitress"]
    assert len(plan["claims"]) == 4
    assert plan["app"]["target"] == "shop:app"
    assert not list(tmp_path.rglob("hacked"))


@pytest.mark.long
@pytest.mark.timeout(300)
def test_it_installs_wsgibench_into_an_environment_of_its_own(tmp_path: Path) -> None:
    """From its checkout; here without what it depends on, which the project's own installation tries."""
    left_out = shutil.ignore_patterns(".git", ".venv", "*_cache", "results", "build", "*.egg-info")
    shutil.copytree(ROOT, tmp_path / "action", ignore=left_out)
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    env = {"ACTION": str(tmp_path / "action"), "RUNNER_TEMP": str(tmp_path), "PATH": path, "PIP_NO_DEPS": "1"}
    done = bash(step("Install wsgibench beside the app"), tmp_path, 280, **env)
    if done.returncode and re.search("No matching distribution|Connection|resolve", done.stderr):
        pytest.skip("there is no package index")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "wsgibench/bin/wsgibench").exists()
