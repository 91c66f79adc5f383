"""py-spy as it is, on real processes."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from wsgibench.model.sampling import Function
from wsgibench.monitors import PY_SPY, SAMPLED_S, asking_argv, calls_in, sampling_argv, sampling_of, why_not
from wsgibench.processes.programs import find_program, output_of

NOBODY = 65534
BUSY = """
def deep(n):
    return deep(n - 1) if n else sum(i * i for i in range(2000))
def app():
    return deep(3)
print("up", flush=True)
while True:
    app()
"""


@contextmanager
def busy(path: Path) -> Iterator[int]:
    path.write_text(BUSY)
    with subprocess.Popen((sys.executable, str(path)), stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield process.pid
        finally:
            process.kill()


def py_spy() -> str:
    program = find_program((PY_SPY,))
    if program is None:
        pytest.skip("py-spy is not installed (pip install py-spy)")
    return program


def test_it_says_which_functions_ran_in_which(tmp_path: Path) -> None:
    """Recursion as deep as it was, files as they are within the app, and nothing of the command line."""
    program, output = py_spy(), tmp_path / "sampled.json"
    with busy(tmp_path / "busy.py") as pid:
        code, said = output_of(sampling_argv(program, pid, str(output)), timeout_s=30)
    if code != 0:
        pytest.skip(f"it may not look into processes here: {why_not(said)}")
    calls = calls_in(output.read_bytes(), home=str(tmp_path))
    ours = [Function(name=name, file="busy.py") for name in ("<module>", "app", *["deep"] * 4)]
    assert any(list(path[:6]) == ours for path in calls)
    assert {path[0].name for path in calls} == {"<module>"}
    sampling = sampling_of("gunicorn@old", [(calls, 100.0), (calls, 50.0)])
    assert sampling.sample_s == (1 / 200 / 100, 1 / 200 / 50)
    assert sampling.samples == 2 * sum(calls.values())
    assert sampling.samples <= 2 * SAMPLED_S * 200


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be another user")
def test_why_it_may_not_look_is_a_sentence(tmp_path: Path) -> None:
    """As another user, who may not."""
    program = py_spy()
    with busy(tmp_path / "busy.py") as pid:
        argv = ("setpriv", f"--reuid={NOBODY}", "--clear-groups", *asking_argv(program, pid))
        code, said = output_of(argv, timeout_s=30)
    assert code not in (0, None), said
    found = why_not(said)
    assert found.startswith("The system does not let py-spy look into processes"), (found, said)
    assert "\n" not in found


def test_a_process_that_is_gone_or_is_no_python_is_said_in_its_words() -> None:
    program = py_spy()
    for argv in (("/bin/sleep", "30"), ("/bin/true",)):
        with subprocess.Popen(argv) as process:
            _, said = output_of(asking_argv(program, process.pid), timeout_s=30)
            process.kill()
        found = why_not(said)
        assert found.startswith("py-spy says: ")
        assert found.endswith(".")
        assert "\n" not in found


@pytest.mark.parametrize(
    "written",
    [
        b"",
        b"[]",
        b'{"shared": {"frames": []}, "profiles": [{"samples": [[0]]}]}',
        b'{"shared": {"frames": [{"name": 3}]}, "profiles": []}',
        b'{"shared": {"frames": [{"name": "f"}]}, "profiles": [{"samples": [[-1]]}]}',
    ],
)
def test_what_makes_no_sense_is_a_value_error(written: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        calls_in(written, home="/")


@pytest.mark.parametrize(
    ("file", "short"),
    [
        ("/srv/shop/web/views.py", "web/views.py"),
        ("/opt/venv/lib/python3.13t/site-packages/flask/app.py", "flask/app.py"),
        ("/usr/lib/python3/dist-packages/flask/app.py", "flask/app.py"),
        ("/usr/lib/python3.11/json/encoder.py", "json/encoder.py"),
        ("<frozen runpy>", "<frozen runpy>"),
        ("/srv/shopping/x.py", "/srv/shopping/x.py"),
    ],
)
def test_files_are_called_alike_wherever_a_state_of_the_app_is(file: str, short: str) -> None:
    data = {"shared": {"frames": [{"name": "f", "file": file}]}, "profiles": [{"samples": [[0], [0]]}]}
    assert calls_in(json.dumps(data).encode(), home="/srv/shop") == {(Function(name="f", file=short),): 2}


def test_names_and_depth_are_bounded() -> None:
    """An app can call itself anything, and itself."""
    frames = [{"name": "n" * 9999, "file": "f" * 9999}]
    data = {"shared": {"frames": frames}, "profiles": [{"samples": [[0] * 5000]}]}
    ((path, count),) = calls_in(json.dumps(data).encode(), home="/").items()
    assert (len(path), count) == (120, 1)
    assert len(path[0].name) == len(path[0].file) == 200
