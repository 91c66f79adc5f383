"""A run's tables on the terminal."""

import pytest

from support.command import run_wsgibench
from support.made_up_runs import made_up
from support.terminal import Terminal

RATES = {"gunicorn": 2000, "nginx+uwsgi-http": 3000}


def above_the_ranking(out: str) -> str:
    return out.partition("Most requests/s")[0]


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
@pytest.mark.parametrize("columns", [40, 46, 60, 100])
def test_no_word_and_no_figure_is_broken(tmp_path, columns):
    """A narrow terminal shows fewer columns, and sentences in more lines; what it shows, it shows whole."""
    folder = str(made_up(tmp_path, RATES, broken=[("gunicorn", 2)]).path)
    wide = above_the_ranking(run_wsgibench("report", folder, "--pictures", "off").out)
    size = {"COLUMNS": str(columns), "LINES": "150"}
    with Terminal("report", folder, "--pictures", "off", columns=columns, lines=150, env=size) as terminal:
        assert terminal.wait() == 0
        narrow = above_the_ranking("\n".join(terminal.display))
    assert set(narrow.split()) <= set(wide.split())
    assert all(narrow.count(f"{stack} ") >= 2 for stack in RATES)


def test_the_same_fault_of_a_stack_is_told_once(tmp_path):
    """With how many later trials have it, too; another stack's stands by itself."""
    broken = [("gunicorn", block) for block in (1, 2, 4)] + [("nginx+uwsgi-http", 6)]
    folder = made_up(tmp_path, RATES, broken=broken)
    out = above_the_ranking(run_wsgibench("report", str(folder.path), "--pictures", "off").out)
    assert out.endswith(
        "\n4 of 12 trials do not count:\n"
        "  0001-gunicorn and 2 later ones: Half failed.\n"
        "  0012-nginx+uwsgi-http: Half failed.\n\n"
    )
