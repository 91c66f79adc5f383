"""Claims on the command line and in ``wsgibench.toml``, about stacks that a run has and has not."""

import json

from support.command import APPS, run_wsgibench

SHORT = (
    "waitress", "--app", "hello:app", "--chdir", str(APPS), "--rate", "50/s", "--duration", "1s", "--blocks", "1",
    "--warmup", "100ms", "--pictures", "off", "--json",
)  # fmt: skip
CLAIM = "granian > waitress on p99"


def test_claims_of_the_configuration_do_not_keep_a_part_of_the_stacks_from_being_run(tmp_path):
    """They stay undecided with the reason, which is said before anything starts; nothing is settled for their sake."""
    (tmp_path / "wsgibench.toml").write_text(f'claims = ["{CLAIM}"]\n')
    ended = run_wsgibench("run", *SHORT, cwd=tmp_path)
    assert ended.err.startswith(
        f"The claim '{CLAIM}' is about granian, which is not in this run. It stays undecided.\n"
    )
    verdict = json.loads(ended.out)["verdict"]
    assert [claim["answer"] for claim in verdict["claims"]] == ["undecided"]
    assert verdict["claims"][0]["parts"][0]["missing"] == "granian is not in this run"
    assert [ranking["objective"] for ranking in verdict["rankings"] if ranking["asked"]] == ["mean"]


def test_they_are_not_asserted(tmp_path):
    """What cannot be answered is refused before anything starts, as on the command line."""
    (tmp_path / "wsgibench.toml").write_text(f'claims = ["{CLAIM}"]\n')
    for arguments in (("--assert",), ("--claims", CLAIM)):
        ended = run_wsgibench("run", *SHORT, *arguments, cwd=tmp_path)
        assert (ended.code, ended.out) == (2, "")
        assert "granian, which is not in this run." in ended.err
        assert "The run has waitress." in ended.err
    assert not (tmp_path / "runs").exists()


def test_a_name_of_nothing_is_refused_wherever_it_stands(tmp_path):
    """It is a slip, not a stack of another run."""
    (tmp_path / "wsgibench.toml").write_text('claims = ["gunicron > waitress"]\n')
    ended = run_wsgibench("run", *SHORT, cwd=tmp_path)
    assert ended.code == 2
    assert "Did you mean 'gunicorn'?" in ended.err
