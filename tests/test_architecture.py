"""The layers of the design: an import points down, never up, never sideways."""

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src"
PACKAGE = SOURCE / "wsgibench"

LAYERS = (
    {"main"},
    {"cli"},
    {"report"},
    {"production"},
    {"bench"},
    {"hosts"},
    {"servers", "proxies", "engines", "monitors", "processes", "runs"},
    {"stats"},
    {"model"},
    {"registry", "units", "membership"},
    {"errors"},
)
"""From the user down to the machine. The members of one layer do not know each other."""

RANK = {name: rank for rank, layer in enumerate(LAYERS) for name in layer}
FILES = sorted(PACKAGE.rglob("*.py"))


def part_of(path: Path) -> str:
    """The layer's member that a file belongs to; empty for the package itself."""
    relative = path.relative_to(PACKAGE)
    return relative.parts[0] if len(relative.parts) > 1 else relative.stem.strip("_").replace("init", "")


def imported(path: Path) -> list[str]:
    """Dotted names of all modules that a file imports, anywhere in it."""
    names = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return names


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_down(path: Path) -> None:
    """No file imports a layer above its own, or another member of its own layer."""
    here = part_of(path)
    for name in imported(path):
        top, _, rest = name.partition(".")
        if top != "wsgibench" or not here:
            continue
        there = rest.partition(".")[0]
        if there in RANK and there != here:
            assert RANK[there] > RANK[here], f"{here} imports {name}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_every_file_has_its_layer(path: Path) -> None:
    """A new package or module must be given its place in the design."""
    assert part_of(path) in {"", *RANK}


@pytest.mark.parametrize("path", sorted((SOURCE / "quoteserver").rglob("*.py")), ids=lambda path: path.name)
def test_the_sample_app_knows_nothing_of_wsgibench(path: Path) -> None:
    """quoteserver is an ordinary Flask app."""
    assert not [name for name in imported(path) if name.partition(".")[0] == "wsgibench"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_the_sample_app_and_its_user_meet(path: Path) -> None:
    """wsgibench treats the sample app as any other: by name, in a process of its own."""
    assert not [name for name in imported(path) if name.partition(".")[0] == "quoteserver"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_processes_starts_processes(path: Path) -> None:
    """subprocess, os.fork and multiprocessing are used in one package."""
    if part_of(path) == "processes":
        return
    assert not {"subprocess", "multiprocessing"} & {name.partition(".")[0] for name in imported(path)}
