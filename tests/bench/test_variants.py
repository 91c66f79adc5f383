"""Candidates: every stack with every variant of the app."""

import os
import sys

import msgspec
import pytest

from support.command import APPS
from support.made_up_runs import made_up
from support.repository import Repository
from wsgibench.analysis.comparison import compare_runs
from wsgibench.bench.deciding_files import ask_alike
from wsgibench.bench.planning import plan_of
from wsgibench.bench.preparing import prepare
from wsgibench.bench.run_options import RunOptions
from wsgibench.bench.variants import app_with_interface, apps_in, check, known, require_loading, shared_in_spite
from wsgibench.cli.ab import _default_for
from wsgibench.errors import MissingError, StartError, UsageError
from wsgibench.model.app import App
from wsgibench.model.variant import Revision, Variant
from wsgibench.processes.interface import interface_of


def planned(*variants, app="hello:app", directory=APPS, **run_options):
    under_test = App(target=app, directory=str(directory), env=(("A", "1"), ("B", "1")))
    return plan_of(
        RunOptions(app=under_test, stacks=("gunicorn", "waitress"), variants=known(variants, under_test), **run_options)
    )


def site(directory, body, *, module="site_under_test"):
    directory.mkdir(parents=True, exist_ok=True)
    (directory / f"{module}.py").write_text(body)
    return str(directory)


def test_every_stack_goes_with_every_variant():
    plan = planned(Variant(name="old"), Variant(name="new", env=(("B", "2"), ("C", "2"))))
    labels = ["gunicorn@old", "gunicorn@new", "waitress@old", "waitress@new"]
    assert [stack.label for stack in plan.stacks] == labels
    apps = apps_in(plan, APPS)
    assert apps["old"] == plan.app
    assert dict(apps["new"].env) == {"A": "1", "B": "2", "C": "2"}


def test_one_variant_alone_is_not_named():
    """Labels are as before, and what it says holds for all."""
    plan = planned(Variant(name="only", env=(("B", "2"),)))
    assert [stack.label for stack in plan.stacks] == ["gunicorn", "waitress"]
    assert dict(apps_in(plan, APPS)[""].env)["B"] == "2"


def test_the_record_proves_what_is_installed():
    """Of each variant, from its own interpreter; a plan that was written is read again as it was."""
    plan = planned(Variant(name="old"), Variant(name="new"))
    for variant in plan.variants:
        assert variant.packages["gunicorn"]
        assert variant.packages["python"] == ".".join(map(str, sys.version_info[:3]))
    assert msgspec.json.decode(msgspec.json.encode(plan), type=type(plan)) == plan


def test_a_name_is_given_once():
    with pytest.raises(UsageError, match="The variant 'new' is named twice"):
        planned(Variant(name="new"), Variant(name="new"))


def test_an_interpreter_that_does_not_run_is_said():
    with pytest.raises(MissingError, match="The interpreter '/no/python' does not run"):
        planned(Variant(name="new", python="/no/python"))


def test_a_variant_that_cannot_be_loaded_is_refused(tmp_path):
    """Before anything is measured, with its name and why."""
    good = site(tmp_path / "good", "def app(environ, start_response): ...\n")
    bad = site(tmp_path / "bad", "import no_such_module\n")
    plan = planned(
        Variant(name="old", directory=good),
        Variant(name="new", directory=bad),
        app="site_under_test:app",
        directory=good,
    )
    with pytest.raises(StartError, match=r"of the variant 'new' cannot be imported: .*no_such_module"):
        require_loading(plan)


def test_to_be_looked_at_leaves_no_trace(tmp_path, monkeypatch):
    """Compiled modules would be files that Git does not know."""
    for name in ("PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX"):
        monkeypatch.delenv(name, raising=False)
    body = "import library\ndef app(environ, start_response): ...\n"
    old, new = site(tmp_path / "old", body), site(tmp_path / "new", body)
    for directory in (old, new):
        site(tmp_path / directory, "", module="library")
    places = {"app": "site_under_test:app", "directory": new}
    require_loading(planned(Variant(name="old", directory=old), Variant(name="new", directory=new), **places))
    assert interface_of(App(target=places["app"], directory=new), timeout_s=20.0, inherited={}) == "wsgi"
    assert list(tmp_path.rglob("*.pyc")) == []


def test_a_variant_with_files_of_another_is_refused(tmp_path):
    """As after an editable install: both would be the same, and "no difference" be said of them."""
    shared = "import library\ndef app(environ, start_response): ...\n"
    old, new = site(tmp_path / "old", shared), site(tmp_path / "new", shared)
    site(tmp_path / "new", "", module="library")
    plan = planned(
        Variant(name="old", directory=old, env=(("PYTHONPATH", new),)),
        Variant(name="new", directory=new),
        app="site_under_test:app",
        directory=new,
    )
    with pytest.raises(UsageError, match=r"'old' would be served with .*/new/library.py, which is not its own"):
        require_loading(plan)
    site(tmp_path / "old", "", module="library")
    require_loading(plan)


def test_compare_says_that_variants_differ(tmp_path):
    """Among the circumstances; values of variables are no part of it."""
    rates = {"gunicorn@a": 3000, "gunicorn@b": 3000}
    variants = [(Variant(name="a"), Variant(name="b", env=(("KEY", value),))) for value in ("secret-1", "secret-2")]
    runs = [made_up(tmp_path / str(place), rates, variants=each, seed=place) for place, each in enumerate(variants)]
    found = compare_runs(runs, objectives=(), margin=0.05, anyway=False).others[0]
    assert "variable KEY of b set -> set otherwise" in [difference.words for difference in found.differences]
    assert b"secret" not in msgspec.json.encode(found)


def test_a_claim_about_variants_is_one_about_each_stack():
    """Of a run; what is about stacks stays as it was written."""
    claims = ("new >= old within 2% on p99", "gunicorn@new > waitress@new")
    plan = planned(Variant(name="old"), Variant(name="new"), claims=claims)
    assert plan.claims == (
        "gunicorn@new >= gunicorn@old within 2% on p99",
        "waitress@new >= waitress@old within 2% on p99",
        "gunicorn@new > waitress@new",
    )
    assert "p99" in plan.objectives


def test_what_is_to_be_prepared_runs_once_for_each_variant(tmp_path):
    """Where it lives, with its environment, and its interpreter as ``python``; the app is looked at afterwards."""
    old = site(tmp_path / "old", "import made\ndef app(environ, start_response): ...\n")
    new = site(tmp_path / "new", "import made\ndef app(environ, start_response): ...\n")
    variants = Variant(name="old", directory=old), Variant(name="new", directory=new, env=(("WHO", "new"),))
    command = """python -c "import os, sys; open('made.py', 'a').write(sys.executable + os.environ.get('WHO', ''))" """
    plan = planned(*variants, app="site_under_test:app", directory=old, prepare=command)
    require_loading(plan)
    apps = apps_in(plan, tmp_path)
    prepare(plan, apps)
    assert (tmp_path / "old/made.py").read_text() == sys.executable
    assert (tmp_path / "new/made.py").read_text() == f"{sys.executable}new"
    with pytest.raises(StartError, match="of the variant 'old' cannot be imported: SyntaxError"):
        check(plan, apps, tmp_path)


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("python -c 'import sys; sys.exit(\"no database\")'", "ends with exit code 1 for the variant 'old'"),
        ("no-such-program --now", "'no-such-program --now' does not run to its end for the variant 'old'"),
    ],
)
def test_what_cannot_be_prepared_ends_the_run(command, message):
    """With its last words."""
    plan = planned(Variant(name="old"), Variant(name="new"), prepare=command)
    with pytest.raises(StartError, match=message) as raised:
        prepare(plan, apps_in(plan, APPS))
    assert "no database" in raised.value.hint or "No such file" in raised.value.hint


def test_a_command_that_is_none_is_refused():
    with pytest.raises(UsageError, match="is no command: No closing quotation"):
        planned(Variant(name="old"), prepare="make 'assets")


def test_other_requirements_and_one_environment_are_said(tmp_path):
    """Of directories and of revisions; not where each has an interpreter of its own."""
    repository = Repository(tmp_path / "repository")
    old = Variant(name="old", revision=Revision(named="v1"))
    new = Variant(name="new")
    arguments = {"app": "app:app", "directory": repository.path / "site"}
    assert shared_in_spite(planned(old, new, **arguments)) is None
    repository.write("requirements.txt", "flask==3.1\n")
    repository.write("site/uv.lock", "")
    said = shared_in_spite(planned(old, new, **arguments))
    assert said.startswith(f"requirements.txt, uv.lock are not the same in old and new, and {sys.executable} serves")
    other = Variant(name="new", python=str(tmp_path / "python"))
    (tmp_path / "python").symlink_to(sys.executable)
    assert shared_in_spite(msgspec.structs.replace(planned(old, new, **arguments), variants=(old, other))) is None


@pytest.mark.parametrize(
    "files",
    [
        {"requirements.txt": "flask\n-e ./lib\n"},
        {"requirements.txt": "-r more/base.txt\n", "more/base.txt": "lib @ git+https://example.org/lib\n./lib\n"},
        {"pyproject.toml": '[project]\ndependencies = ["lib"]\n[tool.uv.sources]\nlib = {workspace = true}\n'},
        {"pyproject.toml": "[project\n"},
    ],
)
def test_what_cannot_be_installed_from_here_is_no_obstacle_where_it_is_the_same(tmp_path, files):
    """Also a package of the same repository; where the files differ, one environment serves if that is asked for."""
    repository = Repository(tmp_path / "repository")
    for name, text in files.items():
        repository.write(name, text)
    repository.git("add", ".")
    repository.commit("packages")
    old, new = Variant(name="old", revision=Revision(named="main")), Variant(name="new")
    app = App(target="app:app", directory=str(repository.path / "site"))
    for own in (True, False):
        assert [each.install for each in known((old, new), app, own_environments=own)] == [None, None]
    arguments = {"app": "app:app", "directory": repository.path / "site"}
    assert shared_in_spite(planned(old, new, **arguments)) is None
    last = [*files][-1]
    repository.write(last, f"# changed\n{files[last]}")
    with pytest.raises(UsageError) as raised:
        known((old, new), app, own_environments=True)
    assert raised.value.hint.startswith("With --environments shared one environment serves all")
    assert shared_in_spite(planned(old, new, **arguments)).startswith(f"{last} is not the same in old and new, and")
    assert shared_in_spite(planned(new, **arguments)) is None


def test_a_file_that_cannot_be_read_is_like_no_other():
    def held(_):
        raise PermissionError

    assert not ask_alike([held, held])


def test_a_revision_is_asked_for_its_own_interface(tmp_path):
    """Which is not that of the working tree, or of an app that the working tree lacks."""
    repository = Repository(tmp_path / "repository")
    app = App(target="shop:app", directory=str(repository.path / "site"), interface="")
    for revision, body in (
        ("asgi", "async def app(scope, receive, send): ...\n"),
        ("wsgi", "def app(environ, s): ...\n"),
    ):
        repository.write("site/shop.py", body)
        repository.git("add", ".")
        repository.commit(revision)
        repository.git("tag", revision)
    repository.write("site/shop.py", "import no_such_module\n")
    expected = {"asgi": "asgi", "wsgi": "wsgi", None: ""}
    for named, interface in expected.items():
        [variant] = known((Variant(name="new", revision=named and Revision(named=named)),), app)
        assert app_with_interface(app, variant, [], timeout_s=20.0) == msgspec.structs.replace(app, interface=interface)
    own = msgspec.structs.replace(app, interface="asgi")
    assert app_with_interface(own, variant, [], timeout_s=20.0) == own


def test_an_app_of_which_nothing_tells_its_interface_is_said_to_be_served_as_wsgi(capsys):
    app = App(target="shop:app", directory="/", interface="")
    assert _default_for(app) == ("gunicorn",)
    assert "--interface or --stack" in capsys.readouterr().err
    assert _default_for(msgspec.structs.replace(app, interface="asgi")) == ("uvicorn",)
    assert capsys.readouterr().err == ""


def test_an_import_path_within_the_app_is_each_variants_own(tmp_path):
    """As where a module is below ``src``; paths elsewhere stay, and so does what a variant says itself."""
    path = os.pathsep.join((f"{tmp_path}/here/src", f"{tmp_path}/hereafter", f"{tmp_path}/here"))
    app = App(target="shop:app", directory=f"{tmp_path}/here", env=(("PYTHONPATH", path),))
    moved = dict(Variant(name="old", directory="/there").of(app).env)["PYTHONPATH"]
    assert moved.split(os.pathsep) == ["/there/src", f"{tmp_path}/hereafter", "/there"]
    assert Variant(name="new").of(app) == app
    own = Variant(name="own", directory="/there", env=(("PYTHONPATH", "/own"),))
    assert dict(own.of(app).env) == {"PYTHONPATH": "/own"}
