"""Two releases of a public framework, and of the server that serves it, from the package index to the answer."""

import json
from pathlib import Path

import pytest

from run.conftest import only_folder, trials_of
from support.command import run_wsgibench, went_well
from support.package_index import NO_INDEX

APP = """
import bottle
app = bottle.Bottle()

@app.get("/hello/<name>")
def hello(name):
    return bottle.template("<b>{{name}}</b>, by {{version}}", name=name, version=bottle.__version__)
"""
OLD = ("old", "bottle==0.13.1", "waitress==3.0.1")
NEW = ("new", "bottle==0.13.2", "waitress==3.0.2")


@pytest.mark.package_index
@pytest.mark.timeout(400)
def test_two_releases_are_held_against_each_other(tmp_path: Path) -> None:
    """Each state is served by its own; what differs is named before the figures, the server's version too."""
    (tmp_path / "shop.py").write_text(APP)
    variants = [word for name, *what in (OLD, NEW) for word in ("--variant", f"{name}=install:{' '.join(what)}")]
    ended = run_wsgibench(
        "run", "waitress", "--app", "shop:app", "--path", "/hello/you", *variants, "--connections", "2",
        "--blocks", "1", "--duration", "1s", "--warmup", "100ms", "--pictures", "off", "--turns", "on",
        cwd=tmp_path, env={"XDG_CACHE_HOME": str(tmp_path / "cache")}, timeout_s=300,
    )  # fmt: skip
    if "cannot be installed" in ended.err and NO_INDEX.search(ended.err):
        pytest.skip(f"there is no package index here: {ended.err.splitlines()[-1]}")
    assert went_well(ended.code, ended.err), ended.err
    folder = only_folder(tmp_path / "runs")
    assert [trial["status"] for trial in trials_of(folder)] == ["done", "done"]
    planned = json.loads((folder / "run.json").read_text())["plan"]["variants"]
    for variant, (_, *what) in zip(planned, (OLD, NEW), strict=True):
        assert {f"{name}=={variant['packages'][name]}" for name in ("bottle", "waitress")} == {*what}
    said = " ".join(ended.out.split())
    differing = "bottle 0.13.1 (old), 0.13.2 (new); waitress 3.0.1 (old), 3.0.2 (new)."
    assert f"Installed: {differing}" in said
    assert said.index(differing) < said.index("requests/s")
    # What was served says by which release it was made.
    assert "new and old answer with other bodies on 1 of 1 path, such as /hello/you." in said
