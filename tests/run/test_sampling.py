"""Looking at functions after a run, on real stacks."""

from pathlib import Path

import pytest

from wsgibench.analysis.verdict import verdict_of
from wsgibench.bench import sampling
from wsgibench.bench.experiment import run
from wsgibench.bench.planning import plan_of
from wsgibench.bench.run_options import RunOptions
from wsgibench.bench.variants import known
from wsgibench.errors import EngineError
from wsgibench.model.app import App
from wsgibench.model.plan import Plan
from wsgibench.model.sampling import Samplings
from wsgibench.model.variant import Variant
from wsgibench.monitors import PY_SPY
from wsgibench.processes.programs import find_program
from wsgibench.runs import RunFolder

APP = """
import time
def burn():
    end = time.process_time() + {busy_s}
    while time.process_time() < end:
        pass
def app(environ, start_response):
    burn()
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"hello"]
"""


@pytest.fixture
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plan:
    """Two states of an app, one four times as slow, in a block of a second, and one round of samples."""
    if find_program((PY_SPY,)) is None:
        pytest.skip("py-spy is not installed (pip install py-spy)")
    for name, busy_s in (("old", 0.001), ("new", 0.004)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "shop.py").write_text(APP.format(busy_s=busy_s))
    app = App(target="shop:app", directory=str(tmp_path))
    monkeypatch.setattr(sampling, "_ROUNDS", 1)
    return plan_of(
        RunOptions(
            app=app, stacks=("waitress",), connections=2, blocks=1, duration_s=1.0, warmup_s=0.1, sampler=PY_SPY,
            variants=known([Variant(name=name, directory=str(tmp_path / name)) for name in ("old", "new")], app),
            other_cpu_share=1.0,
        )
    )  # fmt: skip


def sampled(plan: Plan, parent: Path) -> tuple[RunFolder, Samplings]:
    folder = RunFolder(Path(run(plan, parent).folder))
    found = folder.read_samplings()
    assert found is not None
    return folder, found


@pytest.mark.alone
@pytest.mark.timeout(200)
def test_what_takes_more_is_seen(plan: Plan, tmp_path: Path) -> None:
    """In the app's own function, alike in both whatever directory they are in, and under its server's."""
    folder, found = sampled(plan, tmp_path / "runs")
    assert [each.candidate for each in found.candidates] == ["waitress@old", "waitress@new"]
    if any(each.missing for each in found.candidates):
        pytest.skip(f"py-spy sees nothing here: {found.candidates}")
    (change,) = verdict_of(folder).sampled
    burn = next(each for each in change.functions if each.name == "burn")
    assert burn.file == "shop.py"
    # 1 ms and 4 ms of CPU: on a busy machine more, for who waits for a core counts, too; less by a late sampler.
    assert 0.0001 < burn.before_s < burn.after_s
    assert burn.after_s > 0.001
    for each in found.candidates:
        paths = [[each.functions[place].name for place in calls.path] for calls in each.calls]
        assert any(path[-2:] == ["app", "burn"] for path in paths)


@pytest.mark.timeout(200)
def test_whatever_goes_wrong_the_run_stands(plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Here the engine, in the middle of it; nothing of the secrets that it may have said is kept."""

    def fail(*_: object) -> str:
        raise EngineError("The engine 'native' has ended (by signal 9).", "")

    monkeypatch.setattr(sampling._Sampler, "round", fail)
    folder, found = sampled(plan, tmp_path / "runs")
    assert {each.missing for each in found.candidates} == {"The engine 'native' has ended (by signal 9)."}
    assert folder.read_run().status == "done"
    assert all(trial.status == "done" for trial in folder.read().trials)
    assert verdict_of(folder).sampled[0].missing
