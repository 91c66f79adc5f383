"""What the files of a state of an app ask for: which file decides, and what of it is installed."""

import pytest

from wsgibench.bench.dependencies import Needs, needs_of
from wsgibench.errors import UsageError

PROJECT = '[project]\ndependencies = ["Flask>=3", "lib.one[fast]"]\noptional-dependencies = {web = ["waitress"]}\n'
UV_LOCK = """
[[package]]
name = "shop"
source = { editable = "." }
[[package]]
name = "flask"
version = "3.1.0"
source = { registry = "https://index.example/simple" }
[[package]]
name = "lib-one"
version = "1.2"
[[package]]
name = "forked"
version = "1"
[[package]]
name = "forked"
version = "2"
"""
PINNED = ("flask==3.1.0", "lib-one==1.2")
DIRECT = ("Flask>=3", "lib.one[fast]")
PYLOCK = '[[packages]]\nname = "flask"\nversion = "3.1.0"\n[[packages]]\nname = "lib-one"\nversion = "1.2"\n'
POETRY = """
[tool.poetry.dependencies]
python = "^3.11"
flask = "^3.1"
redis = {version = "*", optional = true}
httpx = {version = "^0.27", extras = ["http2"], markers = "os_name == 'posix'"}
"""
PIPFILE = '[packages]\nflask = "*"\n[dev-packages]\npytest = "*"\n'
PIPFILE_LOCK = '{"default": {"flask": {"version": "==3.1.0"}}, "develop": {"pytest": {"version": "==8"}}}'


def needs(**files: str) -> Needs:
    held = {name.replace("__", "/").replace("_", "."): text.encode() for name, text in files.items()}
    return needs_of(held.get)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, Needs()),
        ({"pyproject_toml": PROJECT}, Needs(DIRECT)),
        ({"pyproject_toml": PROJECT, "uv_lock": UV_LOCK}, Needs(DIRECT, PINNED)),
        ({"pyproject_toml": PROJECT, "pdm_lock": UV_LOCK}, Needs(DIRECT, PINNED)),
        ({"pyproject_toml": PROJECT, "pylock_toml": PYLOCK}, Needs(DIRECT, PINNED)),
        ({"pyproject_toml": PROJECT, "uv_lock": UV_LOCK, "requirements_txt": "flask\n"}, Needs(DIRECT, PINNED)),
        ({"pyproject_toml": PROJECT, "requirements_txt": "flask\n"}, Needs(("flask",))),
        ({"pyproject_toml": "[tool.ruff]\n", "requirements_txt": "flask\n", "uv_lock": UV_LOCK}, Needs(("flask",))),
        (
            {"pyproject_toml": POETRY, "poetry_lock": UV_LOCK},
            Needs(("flask", "httpx[http2] ; os_name == 'posix'"), PINNED),
        ),
        ({"Pipfile": PIPFILE, "Pipfile_lock": PIPFILE_LOCK}, Needs(("flask",), ("flask==3.1.0",))),
    ],
)
def test_one_file_decides(files: dict[str, str], expected: Needs) -> None:
    """A lock before requirements.txt before pyproject.toml; only what the app itself names, as the lock has it."""
    assert needs(**files) == expected


def test_included_files_stand_in_their_place() -> None:
    """Those of constraints apart, each once; the app itself is replaced by what it needs, as it is not installed."""
    top = "# for serving\n-r more/base.txt\n-c pins.txt  # all\n-e .[web]\nflask==3.1 \\\n  --hash=sha256:00\n"
    found = needs(
        requirements_txt=top, more__base_txt="-r ../requirements.txt\ndjango # old\n", pins_txt="django==5\n",
        pyproject_toml=PROJECT,
    )  # fmt: skip
    assert found.requirements == ("django", *DIRECT, "waitress", "flask==3.1    --hash=sha256:00")
    assert found.constraints == ("django==5",)
    assert found.files == ("requirements.txt", "more/base.txt", "pins.txt", "pyproject.toml")


def test_what_is_said_otherwise_is_the_same() -> None:
    """Comments and blank lines make no other environment."""
    assert needs(requirements_txt="flask\n") == needs(requirements_txt="# web\n\nflask  # yes\n")
    assert needs(requirements_txt="flask\n").sha256 != needs(requirements_txt="flask==3\n").sha256


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"requirements_txt": "-r base.txt\n"}, "'requirements.txt' includes 'base.txt', which is not there"),
        ({"requirements_txt": "./lib\n"}, "'requirements.txt' asks for './lib', which is not from an index"),
        ({"requirements_txt": "-e ../lib\n"}, "asks for '-e ../lib'"),
        ({"requirements_txt": "lib @ file:///lib\n"}, "which is not from an index"),
        ({"pyproject_toml": "[project\n"}, "'pyproject.toml' cannot be read: "),
        ({"pyproject_toml": "project = 1\n"}, "'pyproject.toml' cannot be read: "),
        ({"Pipfile": PIPFILE, "Pipfile_lock": "[]"}, "'Pipfile.lock' cannot be read: "),
        ({"pyproject_toml": PROJECT + '[tool.uv.sources]\nflask = {git = "x"}\n'}, "pyproject.toml asks for 'flask'"),
        (
            {"pyproject_toml": PROJECT, "uv_lock": '[[package]]\nname = "flask"\nsource = {git = "x"}\n'},
            "uv.lock has 'flask', which is not from an index",
        ),
    ],
)
def test_what_cannot_be_installed_so_is_refused(files: dict[str, str], message: str) -> None:
    """Rather than something of the same name from an index; with what to do instead."""
    with pytest.raises(UsageError) as raised:
        needs(**files)
    assert message in raised.value.message
    assert "--python" in raised.value.hint
