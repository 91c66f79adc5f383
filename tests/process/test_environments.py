"""Environments on top of another one, with packages that the tests make themselves."""

import fcntl
import os
import sys
import time
import zipfile
from pathlib import Path

import pytest

from support.repository import run_git
from support.watcher import Watcher
from wsgibench.analysis.verdict.circumstances import packages_unlike
from wsgibench.bench.planning import plan_of
from wsgibench.bench.run_options import RunOptions
from wsgibench.bench.variants import apps_in, known, shared_in_spite
from wsgibench.errors import MissingError
from wsgibench.model.app import App
from wsgibench.model.variant import Installed, Revision, Variant
from wsgibench.processes import programs as programs_module
from wsgibench.processes.environments import environment_with
from wsgibench.processes.installers import Wanted, installed_by_uv
from wsgibench.processes.interpreter import packages_of
from wsgibench.processes.programs import find_program, output_of

WHEEL = "Wheel-Version: 1.0\nGenerator: a test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def wheel(directory: Path, version: str, *, name: str = "ab_sample", needs: str = "") -> str:
    """A package of one module, which knows its version; it ``needs`` another."""
    path = directory / f"{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{name}.py", f"VERSION = {version!r}\n")
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}")
        archive.writestr(f"{info}/WHEEL", WHEEL)
        archive.writestr(f"{info}/RECORD", "")
    return str(path)


@pytest.fixture(params=["pip", "uv"])
def installer(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Whichever installs: uv where it is on PATH, else pip."""
    uv = find_program(("uv",))
    if request.param == "uv" and uv is None:
        pytest.skip("uv is not installed (pip install uv)")
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("git", *(["uv"] if request.param == "uv" else [])):
        (programs / name).symlink_to(find_program((name,)) or "")
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.setattr(programs_module, "_MORE", ())
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv-cache"))
    return request.param


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Of these tests alone, and without an index."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    return tmp_path / "cache/wsgibench/environments"


@pytest.mark.timeout(400)
def test_an_environment_has_what_is_below_it_but_for_what_is_installed(tmp_path: Path, cache: Path, installer) -> None:
    """Made once for the same requirements; on top of one of its own as on top of any."""
    one, two = (environment_with(sys.executable, [wheel(tmp_path, version)]) for version in ("1.0", "2.0"))
    assert len([path for path in cache.iterdir() if path.is_dir()]) == 2
    below = packages_of(sys.executable)
    for python, version in ((one, "1.0"), (two, "2.0")):
        found = packages_of(python)
        assert found["ab_sample"] == version
        assert found["gunicorn"] == below["gunicorn"]
        assert output_of((python, "-c", "import ab_sample, gunicorn; print(ab_sample.VERSION)")) == (0, f"{version}\n")
    above = environment_with(one, [wheel(tmp_path, "3.0", name="another")])
    assert (packages_of(above)["ab_sample"], packages_of(above)["another"]) == ("1.0", "3.0")
    [told] = Path(one).parents[1].glob("lib/python*/site-packages/ab_sample-1.0.dist-info/INSTALLER")
    assert told.read_text().strip() == installer
    made = Path(one).stat().st_mtime_ns
    assert environment_with(sys.executable, [wheel(tmp_path, "1.0")]) == one
    assert Path(one).stat().st_mtime_ns == made


@pytest.mark.timeout(400)
def test_what_is_needed_and_below_stays_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, installer) -> None:
    """Where it will do: else more than what was asked for would differ."""
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    below = environment_with(sys.executable, [wheel(tmp_path, "1.0", name="another")])
    wheel(tmp_path, "2.0", name="another")
    for version, needs, expected in (("1.0", "another", "1.0"), ("2.0", "another>=2", "2.0")):
        sample = wheel(tmp_path, version, needs=f"Requires-Dist: {needs}\n")
        found = packages_of(environment_with(below, [sample]))
        assert (found["ab_sample"], found["another"]) == (version, expected)


def test_what_cannot_be_installed_is_said(cache: Path, installer) -> None:
    """With the last words of pip; the next call tries again."""
    with pytest.raises(MissingError, match="'no-such-package==1' cannot be installed") as raised:
        environment_with(sys.executable, ["no-such-package==1"])
    assert "no-such-package" in raised.value.hint
    assert len(raised.value.hint.splitlines()) <= 5
    assert not list(cache.glob("*/wsgibench-ready"))


@pytest.mark.timeout(400)
def test_variants_are_served_by_what_was_installed_for_them(tmp_path: Path) -> None:
    """The record says what it was made of, and what it has; a run that goes on finds it, or makes it again."""
    app = App(target="hello:app", directory=str(tmp_path))
    versions = [Installed(requirements=(wheel(tmp_path, version),)) for version in ("1.0", "2.0")]
    found = known([Variant(name=f"v{place}", install=each) for place, each in enumerate(versions)], app)
    assert [variant.packages["ab_sample"] for variant in found] == ["1.0", "2.0"]
    assert [variant.install.base for variant in found if variant.install] == [sys.executable] * 2
    assert found[0].words[0].endswith("ab_sample-1.0-py3-none-any.whl installed")
    assert known(found, app) == found


def shop_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: dict[str, str], new: dict[str, str]) -> App:
    """An app in a repository with these files in ``v1``, and in the working tree; both versions can be installed."""
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    for version in ("1.0", "2.0"):
        wheel(tmp_path, version)
    top = tmp_path / "shop"
    top.mkdir()
    run_git(top, "init", "--quiet")
    (top / "shop.py").write_text("def app(environ, start_response): ...\n")
    for files, message in ((old, "one"), (new, "two")):
        for name, text in files.items():
            (top / name).write_text(text)
        run_git(top, "add", ".")
        run_git(top, "commit", "--quiet", "--message", message)
    run_git(top, "tag", "v1", "HEAD~")
    return App(target="shop:app", directory=str(top))


OLD_AND_NEW = (Variant(name="old", revision=Revision(named="v1")), Variant(name="new"))
PROJECT = '[project]\ndependencies = ["ab_sample"]\n'
LOCK = '[[package]]\nname = "ab-sample"\nversion = "{}"\n'


@pytest.mark.timeout(400)
def test_another_interpreter_is_named() -> None:
    """Its version stands among what is installed, and its path with the variant."""
    others = [
        path for path in ("/usr/bin/python3", "/usr/local/bin/python3", "/usr/bin/python3.12") if Path(path).exists()
    ]
    other = next(
        (path for path in others if packages_of(path)["python"] != packages_of(sys.executable)["python"]), None
    )
    if other is None:
        pytest.skip("there is no Python of another version on this machine")
    found = known((Variant(name="old"), Variant(name="new", python=other)), App(target="hello:app", directory="/"))
    versions = packages_unlike(found)["python"]
    assert versions == {"old": packages_of(sys.executable)["python"], "new": packages_of(other)["python"]}
    assert f"interpreter {other}" in found[1].words


@pytest.mark.timeout(400)
def test_another_lock_makes_an_environment_each(tmp_path, monkeypatch, cache, installer) -> None:
    """Of a revision as of the working tree; what differs is named, and from where it was installed."""
    old, new = ({"pyproject.toml": PROJECT, "uv.lock": LOCK.format(version)} for version in ("1.0", "2.0"))
    app = shop_with(tmp_path, monkeypatch, old, new)
    found = known(OLD_AND_NEW, app, own_environments=True)
    assert packages_unlike(found) == {"ab_sample": {"old": "1.0", "new": "2.0"}}
    assert len({variant.python for variant in found}) == 2
    assert "an environment of its own, installed from pyproject.toml and uv.lock" in found[0].words
    assert "beside old 1 file changed, 1 insertion(+), 1 deletion(-)" in found[1].words
    assert shared_in_spite(plan_of(RunOptions(app=app, stacks=("gunicorn",), variants=found))) is None
    assert known(found, app, own_environments=True) == found
    assert cache.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in cache.glob("*/*.txt")} == {0o600}
    (tmp_path / "shop/uv.lock").write_text("")
    with pytest.raises(MissingError, match="is not as it was when the run began"):
        apps_in(plan_of(RunOptions(app=app, stacks=("gunicorn",), variants=found)), tmp_path / "private")


@pytest.mark.timeout(100)
def test_environments_that_were_made_on_different_days_say_so(tmp_path) -> None:
    """What no version is said of may be another one for that alone; on one day nothing is said of it."""
    packages = {"v1": wheel(tmp_path, "1.0"), "v2": wheel(tmp_path, "2.0")}
    app = App(target="hello:app", directory="/")
    variants = [Variant(name=name, install=Installed(requirements=(path,))) for name, path in packages.items()]
    found = known(variants, app)
    assert [variant.install.made_on for variant in found] == ["", ""]
    os.utime(Path(found[0].python).parent.parent / "pyvenv.cfg", (86_400 * 200, 86_400 * 200))
    old, new = known(variants, app)
    assert "installed on 1970-07-" in old.words[0]
    assert new.install.made_on > old.install.made_on
    assert known((old, new), app) == (old, new)


def test_the_same_requirements_share_one_environment(tmp_path, monkeypatch, cache) -> None:
    """Where only a comment is another; and so does whoever names the interpreter, which is said."""
    app = shop_with(tmp_path, monkeypatch, {"requirements.txt": "x==1\n"}, {"requirements.txt": "x==1  # exactly\n"})
    found = known(OLD_AND_NEW, app, own_environments=True)
    assert {(variant.python, variant.install) for variant in found} == {(None, None)}
    assert found[0].packages == found[1].packages
    assert shared_in_spite(plan_of(RunOptions(app=app, stacks=("gunicorn",), variants=found))) is None
    (tmp_path / "shop/requirements.txt").write_text("x==2\n")
    shared = known(OLD_AND_NEW, app)
    said = shared_in_spite(plan_of(RunOptions(app=app, stacks=("gunicorn",), variants=shared)))
    assert said is not None
    assert said.startswith("requirements.txt is not the same in old and new, and ")
    assert not cache.exists()


def test_files_that_ask_for_what_is_not_there_are_said(tmp_path, monkeypatch, cache, installer) -> None:
    """By their name, with the installer's last words, without the password of an index; nothing half-made is left."""
    index = "--extra-index-url https://somebody:hunter2@127.0.0.1:9/simple\n"
    files = {"requirements.txt": f"{index}ab_sample==1.0\n"}, {"requirements.txt": f"{index}ab_sample==3.0\n"}
    app = shop_with(tmp_path, monkeypatch, *files)
    with pytest.raises(MissingError, match=r"What requirements.txt asks for cannot be installed") as raised:
        known(OLD_AND_NEW, app, own_environments=True)
    assert "ab_sample==3.0" in raised.value.hint
    assert "hunter2" not in raised.value.hint
    made = [path for path in cache.iterdir() if path.is_dir()]
    assert [(path / "wsgibench-ready").exists() for path in made] == [True]


def test_what_a_killed_call_left_half_made_goes(cache, tmp_path) -> None:
    """With the next environment that is asked for; not what somebody is just making."""
    for name in ("left", "being-made"):
        (cache / name / "lib").mkdir(parents=True)
        (cache / f"{name}.lock").touch()
    with (cache / "being-made.lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        environment_with(sys.executable, [wheel(tmp_path, "1.0")])
    assert not (cache / "left").exists()
    assert (cache / "being-made").exists()


def test_an_environment_that_nobody_asked_for_in_a_month_is_removed(tmp_path: Path, cache: Path) -> None:
    """And one that was, is not."""
    cache.mkdir(parents=True)
    for name, age_s in (("old", 31 * 86_400), ("new", 86_400)):
        (cache / name).mkdir()
        (cache / f"{name}.lock").touch()
        (cache / name / "wsgibench-ready").touch()
        os.utime(cache / name / "wsgibench-ready", (time.time() - age_s,) * 2)
    with pytest.raises(MissingError):
        environment_with("/bin/false", ["x"])
    assert [path.name for path in cache.iterdir() if path.is_dir()] == ["new"]


def test_an_interpreter_that_says_something_else_is_an_error_in_words(tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text(
        f'#!/bin/sh\ncase "$*" in *getsitepackages*) echo nonsense;; *) exec {sys.executable} "$@";; esac\n'
    )
    python.chmod(0o755)
    with pytest.raises(MissingError, match="does not run") as told:
        environment_with(str(python), ["x"])
    assert told.value.hint == "nonsense"


@pytest.mark.parametrize(("setting", "asked"), [("PIP_RETRIES", True), ("PIP_ONLY_BINARY", False)])
def test_what_pip_alone_is_told_keeps_uv_out(setting: str, tmp_path: Path, monkeypatch, *, asked: bool) -> None:
    """It would take other packages than pip may, and not say so."""
    uv = tmp_path / "uv"
    uv.write_text("#!/bin/sh\necho it was asked\nexit 1\n")
    uv.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setenv(setting, ":all:" if setting == "PIP_ONLY_BINARY" else "1")
    wanted = Wanted(directory=tmp_path, python=sys.executable, requirements=("x",))
    assert (installed_by_uv(wanted) == "") is not asked


def test_requirements_with_passwords_are_on_no_command_line(tmp_path, monkeypatch, installer) -> None:
    """Of whoever installs, until it finds nobody there to install from."""
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.setenv("PIP_RETRIES", "0")
    with Watcher("t0ken-of-the-index") as watcher, pytest.raises(MissingError, match="cannot be installed"):
        environment_with(
            sys.executable, ["ab_sample @ http://u:t0ken-of-the-index@127.0.0.1:9/ab_sample-1-py3-none-any.whl"]
        )
    assert watcher.rounds > 3
    assert watcher.seen == set()
