"""Runs of several variants of an app."""

import json
from pathlib import Path

import pytest

from run.conftest import only_folder, trials_of
from support.command import run_wsgibench, went_well

SHORT = (
    "--app", "shop:app", "--connections", "2", "--blocks", "1", "--duration", "1s", "--warmup", "100ms",
    "--pictures", "off",
)  # fmt: skip


def shop(directory: Path, *, status: str = "200 OK", body: str = "b'hello'") -> Path:
    directory.mkdir(parents=True)
    (directory / "shop.py").write_text(
        "def app(environ, start_response):\n"
        f"    start_response({status!r}, [('Content-Type', 'text/plain')])\n"
        f"    return [{body}]\n"
    )
    return directory


@pytest.mark.timeout(400)
def test_candidates_are_measured_side_by_side_and_resumed(tmp_path: Path) -> None:
    """Each stack with each variant, whose bodies may differ; a trial that is lost is measured anew."""
    shop(tmp_path / "old")
    shop(tmp_path / "new", body="(b'hello from ' + __import__('os').environ['WHO'].encode())")
    (tmp_path / "wsgibench.toml").write_text(
        '[variants.old]\ndirectory = "old"\n[variants.new]\ndirectory = "new"\nenv = ["WHO=somebody-else"]\n'
    )
    ended = run_wsgibench(
        "run",
        "gunicorn",
        "waitress",
        *SHORT,
        "--claims",
        "gunicorn@new > gunicorn@old",
        "--turns",
        "on",
        cwd=tmp_path,
        timeout_s=150,
    )
    assert went_well(ended.code, ended.err), ended.err
    folder = only_folder(tmp_path / "runs")
    trials = trials_of(folder)
    assert {(trial["stack"]["server"], trial["stack"]["variant"]) for trial in trials} == {
        (server, variant) for server in ("gunicorn", "waitress") for variant in ("old", "new")
    }
    assert all(trial["status"] == "done" for trial in trials), trials
    for label in ("gunicorn@old", "gunicorn@new", "waitress@old", "waitress@new"):
        assert label in ended.out
    assert f"old: directory {tmp_path / 'old'}." in ended.out
    assert "variables WHO" in ended.out
    assert "new and old answer with other bodies on 1 of 1 path, such as /." in ended.out
    assert "somebody-else" not in ended.out
    run = json.loads((folder / "run.json").read_text())
    assert [variant["name"] for variant in run["plan"]["variants"]] == ["old", "new"]
    [lost] = folder.glob("trials/*-waitress.new")
    for path in sorted(lost.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    resumed = run_wsgibench("resume", str(folder), "--pictures", "off", cwd=tmp_path, timeout_s=150)
    assert went_well(resumed.code, resumed.err), resumed.err
    assert len(trials_of(folder)) == 4


def test_a_variant_that_answers_an_error_ends_the_run(tmp_path: Path) -> None:
    """Nothing could be compared: with the variant, the status and the path."""
    shop(tmp_path / "old")
    shop(tmp_path / "new", status="500 INTERNAL SERVER ERROR")
    ended = run_wsgibench(
        "run", "gunicorn", *SHORT, "--path", "/cart", "--variant", "old=old", "--variant", "new=new", cwd=tmp_path
    )
    assert ended.code == 2
    assert "'gunicorn@new' answers 500 to /cart." in ended.err
    assert "Without the variant 'new' there is nothing to compare, so the run ends here." in ended.err


def test_so_does_one_of_several_paths(tmp_path: Path) -> None:
    """Which the other variant has, whichever of them is started first: nothing is measured without it."""
    shop(tmp_path / "old")
    new = shop(tmp_path / "new") / "shop.py"
    new.write_text(
        new.read_text().replace("'200 OK'", "'404 NOT FOUND' if environ['PATH_INFO'] == '/cart' else '200 OK'")
    )
    variants = ("--variant", "old=old", "--variant", "new=new")
    ended = run_wsgibench("run", "waitress", *SHORT, "--path", "/", "--path", "/cart", *variants, cwd=tmp_path)
    assert ended.code == 2
    assert "'waitress@new' answers 404 to /cart." in ended.err
    assert trials_of(only_folder(tmp_path / "runs")) == []


@pytest.mark.long  # short: tests/unit/test_bodies.py
def test_within_a_variant_all_stacks_must_agree(tmp_path: Path) -> None:
    """Whatever another variant answers."""
    shop(tmp_path / "old")
    shop(tmp_path / "new", body="environ['SERVER_SOFTWARE'].encode()")
    variants = ("--variant", "old=old", "--variant", "new=new")
    ended = run_wsgibench("run", "gunicorn", "waitress", *SHORT, *variants, cwd=tmp_path)
    assert ended.code in (1, 4)
    assert "Nobody knows who is right: 'waitress@new' answers '/' with 'waitress'" in ended.err


def test_bodies_may_have_to_be_the_same_on_all_variants(tmp_path: Path) -> None:
    shop(tmp_path / "old")
    shop(tmp_path / "new", body="b'something else'")
    variants = ("--variant", "old=old", "--variant", "new=new", "--bodies", "same")
    ended = run_wsgibench("run", "gunicorn", *SHORT, *variants, cwd=tmp_path)
    assert ended.code == 4
    assert "Nobody knows who is right: 'gunicorn@" in ended.err
