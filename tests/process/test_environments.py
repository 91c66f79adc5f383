"""Environments on top of another one, with packages that the tests make themselves."""

import sys
import zipfile
from pathlib import Path

import pytest

from wsgibench.bench.variants import known
from wsgibench.errors import MissingError
from wsgibench.model.app import App
from wsgibench.model.variant import Installed, Variant
from wsgibench.processes.environments import environment_with
from wsgibench.processes.interpreter import packages_of
from wsgibench.processes.programs import output_of

WHEEL = "Wheel-Version: 1.0\nGenerator: a test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def wheel(directory: Path, version: str, *, name: str = "ab_sample") -> str:
    """A package of one module, which knows its version."""
    path = directory / f"{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{name}.py", f"VERSION = {version!r}\n")
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        archive.writestr(f"{info}/WHEEL", WHEEL)
        archive.writestr(f"{info}/RECORD", "")
    return str(path)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Of these tests alone, and without an index."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    return tmp_path / "cache/wsgibench/environments"


@pytest.mark.timeout(400)
def test_an_environment_has_what_is_below_it_but_for_what_is_installed(tmp_path: Path, cache: Path) -> None:
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
    made = Path(one).stat().st_mtime_ns
    assert environment_with(sys.executable, [wheel(tmp_path, "1.0")]) == one
    assert Path(one).stat().st_mtime_ns == made


def test_what_cannot_be_installed_is_said(cache: Path) -> None:
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
