"""``wsgibench report`` of several runs, as a user calls it."""

from pathlib import Path

import msgspec
import pytest

from support.command import run_wsgibench
from support.compared import a_compared_run
from support.records import CREATED_S
from wsgibench.model.app import App
from wsgibench.model.load import Connections, Requests
from wsgibench.model.plan import Phase
from wsgibench.model.variant import Installed, Variant

RATES = {"gunicorn": [1000, 1010, 990, 1005], "waitress": [700, 702, 695, 704]}
OTHER_LOAD = {"phases": (Phase(name="saturated", load=Connections(count=64), duration_s=2.0),)}


@pytest.fixture
def runs(tmp_path: Path) -> list[str]:
    """A run, and another an hour later."""
    return [str(a_compared_run(tmp_path / "runs", RATES, start_s=CREATED_S + at).path) for at in (0, 3600)]


def test_several_runs_make_one_page(tmp_path, runs):
    """In --out, which is made; the comparison is printed as compare prints it, then where the page is."""
    ended = run_wsgibench("report", *runs, "--out", str(tmp_path / "new" / "place"))
    assert (ended.code, ended.err) == (0, "")
    page = tmp_path / "new" / "place" / "side-by-side.html"
    assert ended.out == f"{run_wsgibench('compare', *runs).out}\nSide by side: {page}\n"
    assert "2 runs side by side" in page.read_text()


def test_the_page_is_made_where_one_is(tmp_path, runs):
    """Without --out in the working directory; with --pictures off not at all."""
    run_wsgibench("report", *runs, "--pictures", "off", cwd=tmp_path)
    assert not (tmp_path / "side-by-side.html").exists()
    ended = run_wsgibench("report", *runs, cwd=tmp_path)
    assert ended.out.endswith("Side by side: side-by-side.html\n")
    assert (tmp_path / "side-by-side.html").exists()


@pytest.mark.parametrize("form", [("--format", "md"), ("--json",)])
def test_other_forms_are_those_of_compare(tmp_path, runs, form):
    """Markdown and JSON of the comparison, and nothing else on stdout."""
    chosen = ("--objective", "cpu", "--margin", "10%")
    ended = run_wsgibench("report", *runs, *form, *chosen, cwd=tmp_path)
    assert ended.code == 0
    assert ended.out == run_wsgibench("compare", *runs, *form, *chosen).out


def test_unlike_runs_are_refused_and_overridden(tmp_path, runs):
    """With the sentence and hint of compare; nothing is written then."""
    unlike = a_compared_run(tmp_path / "runs", RATES, start_s=CREATED_S + 7200, plan=OTHER_LOAD)
    refused = run_wsgibench("report", runs[0], str(unlike.path), cwd=tmp_path)
    assert (refused.code, refused.out) == (2, "")
    assert refused.err == run_wsgibench("compare", runs[0], str(unlike.path)).err
    assert not (tmp_path / "side-by-side.html").exists()
    assert run_wsgibench("report", runs[0], str(unlike.path), "--anyway", cwd=tmp_path).code == 0
    assert "Compared anyway" in (tmp_path / "side-by-side.html").read_text()


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ((), 2, "RUN"),
        (("{a}", "{a}"), 2, "is given twice."),
        (("{a}", "{b}/../nowhere"), 1, "cannot be read"),
        (("{a}", "{b}", "--out", "{a}/run.json"), 2, "cannot be made"),
        (("{a}", "--margin", "10%"), 2, "--margin goes with several runs alone."),
        (("{a}", "--anyway", "--out", "there"), 2, "--anyway and --out go with several runs alone."),
        (("{a}", "{b}", "--cumulative"), 2, "--cumulative goes with a single run alone."),
    ],
)
def test_what_cannot_be_shown(tmp_path, runs, arguments, code, message):
    """Is said in a sentence, and nothing is printed as a result."""
    places = dict(zip("ab", runs, strict=True))
    ended = run_wsgibench("report", *(argument.format(**places) for argument in arguments), cwd=tmp_path)
    assert (ended.code, ended.out) == (code, "")
    assert message in ended.err
    assert "Traceback" not in ended.err


def test_the_configuration_is_for_other_verbs_too(tmp_path, runs):
    """What ``wsgibench.toml`` sets for runs does not keep one from being shown."""
    (tmp_path / "wsgibench.toml").write_text('out = "there"\nmargin = "10%"\nobjective = ["p99"]\n')
    ended = run_wsgibench("report", runs[0], "--format", "md", cwd=tmp_path)
    assert (ended.code, ended.err) == (0, "")


@pytest.mark.parametrize(
    ("verb", "several", "form", "made"),
    [
        pytest.param("report", False, (), "report.html", marks=pytest.mark.long),
        ("report", True, ("--anyway",), "side-by-side.html"),
        ("compare", True, ("--anyway", "--json"), None),
    ],
)
def test_passwords_in_urls_stay_in_run_json(tmp_path, verb, several, form, made):
    """Wherever the user gave one, whatever is made of the runs, even where nothing else differs between them."""
    runs = [a_run_of_urls(tmp_path, f"pass-word-{number}", CREATED_S + number) for number in range(1 + several)]
    ended = run_wsgibench(verb, *runs, *form, cwd=tmp_path)
    assert ended.code == 0, ended.err
    pages = [page.read_text() for page in tmp_path.rglob(made or "no page")]
    assert len(pages) == bool(made)
    for shown in (ended.out, *pages):
        assert "(left out)@127.0.0.1" in shown
        assert "pass-word" not in shown + ended.err
    holding = [path.name for path in tmp_path.rglob("*") if path.is_file() and b"pass-word" in path.read_bytes()]
    assert holding == ["run.json"] * len(runs)


def a_run_of_urls(parent: Path, password: str, start_s: float) -> str:
    def url(what: str) -> str:
        return f"https://u:{password}@127.0.0.1/{what}"

    plan = {
        "app": App(target=f"shop:create_app('{url('db')}')", directory="/srv/shop"),
        "variants": (Variant(name="x", install=Installed(requirements=(f"own @ {url('own.whl')}",))),),
        "prepare": ("load", url("dump")),
        "requests": Requests(paths=(f"/fetch?from={url('feed')}",)),
        "store": url("store"),
        "engine_options": {"locustfile": url("locustfile.py")},
    }
    few = {stack: rates[:2] for stack, rates in RATES.items()}
    folder = a_compared_run(parent / "runs", few, start_s=start_s, plan=plan)
    command = ("wsgibench", "run", "--app", plan["app"].target, "--prepare", url("dump"))
    folder.write_run(msgspec.structs.replace(folder.read_run(), command=command))
    return str(folder.path)
