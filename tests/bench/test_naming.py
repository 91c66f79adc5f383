"""What is named in place of a module is told from one, with what to write."""

import sys
from pathlib import Path

import pytest

from wsgibench.bench.apps import app_under_test
from wsgibench.bench.naming import path_below_src, refuse_files
from wsgibench.errors import UsageError


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with files of all kinds."""
    for name in ("shop.py", "site/wsgi.py", "app.wsgi", "src/inside/__init__.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return tmp_path


@pytest.mark.parametrize(
    ("target", "hint"),
    [
        ("shop.py", "--app shop:app"),
        ("shop.py:api", "--app shop:api"),
        ("./site/wsgi.py:application", "--app site.wsgi:application"),
        ("src/inside/web.py:app", "--app inside.web:app"),
        ("/srv/shop/shop.py:app", "--chdir /srv/shop --app shop:app"),
        ("app.wsgi", "wsgi:application"),
        ("production.ini", "get_app('production.ini', 'main')"),
        ("config:conf/production.ini#main", "get_app('conf/production.ini', 'main')"),
        ("uwsgi.ini", "'module'"),
    ],
)
def test_a_file_is_told_from_a_module(project: Path, target: str, hint: str) -> None:
    """The hint is what to write instead; of settings, a module of three lines."""
    with pytest.raises(UsageError) as refused:
        app_under_test(target, directory=str(project), python=sys.executable)
    assert hint in refused.value.hint
    assert refused.value.message.endswith(".")


@pytest.mark.parametrize("target", ["shop:app", "run-shop:app", "site.wsgi:create_app('a/b.py')", "nowhere:app"])
def test_a_module_is_no_file(project: Path, target: str) -> None:
    refuse_files(target, str(project))


def below(project: Path, target: str = "inside.web:app", **more) -> dict[str, str]:
    options = {"directory": str(project), "python": sys.executable, "env": (), "inherited": {}, **more}
    return dict(path_below_src(target, **options))


def test_a_module_below_src_is_found_there(project: Path) -> None:
    """Before what the shell says of the import path."""
    assert below(project) == {"PYTHONPATH": str(project / "src")}
    assert below(project, inherited={"PYTHONPATH": "/lib"}) == {"PYTHONPATH": f"{project / 'src'}:/lib"}


def test_what_says_where_a_module_is_goes_before_src(project: Path, tmp_path: Path) -> None:
    """The user, the directory itself, and the environment, where the app is installed."""
    assert below(project, "shop:app") == {}
    assert below(project, "nowhere:app") == {}
    assert below(project, env=(("PYTHONPATH", "elsewhere"),)) == {}
    (tmp_path / "lib" / "inside").mkdir(parents=True)
    assert below(project, inherited={"PYTHONPATH": str(tmp_path / "lib")}) == {}
