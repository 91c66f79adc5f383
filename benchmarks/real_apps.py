"""What wsgibench says of public applications, and what wrk says of the same stacks on the same cores.

Each application comes from the package index into a virtual environment of its own (by uv where that is on PATH, else
by venv and pip), with the servers. ``wsgibench run`` measures four stacks within a budget; then all four are served,
and wrk asks them by turns, with as many connections. Goals: the verdict says what is settled, requests/s are within 5 %
of wrk's, no gate fails, the budget is kept within 10 %. Writes results/real_apps.json.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wrk_bench import BadAnswersError, Measured, middles, run, wrk_binary, wrk_rates

from wsgibench.model.verdict import Ranking
from wsgibench.report.conclusions import headline
from wsgibench.units import format_duration, parse_duration

SERVERS = ("gunicorn", "waitress", "granian")
STACKS = ("gunicorn", "waitress", "granian", "nginx+gunicorn")
NEAR = 0.05
OVER_MOST = 0.10


class NotInstalledError(Exception):
    """The index does not answer, or has not what is needed; the message is the installer's."""


@dataclass(frozen=True, kw_only=True)
class PublicApp:
    """An application, how to make it ready and what to ask it.

    Attributes:
        prepare: makes what it needs in an empty folder; gets the folder of the environment's programs, and this one.
            Returns environment variables for the app.
        directory: where it lives, within that folder.
        same_bodies: whether all stacks answer the same; a form with a token never does.
    """

    packages: tuple[str, ...]
    target: str
    path: str
    prepare: Callable[[Path, Path], dict[str, str]] = field(default=lambda programs, place: {})  # noqa: ARG005
    directory: str = "."
    same_bodies: bool = True

    def options(self, python: Path, place: Path, env: dict[str, str]) -> list[str]:
        """Of ``wsgibench serve``."""
        named = [part for name, value in env.items() for part in ("--env", f"{name}={value}")]
        directory = str(place / self.directory)
        return ["--app", self.target, "--chdir", directory, "--python", str(python), "--start-timeout", "60s", *named]


def django(programs: Path, place: Path) -> dict[str, str]:
    """A fresh site with its database."""
    _do(programs / "django-admin", "startproject", "shop", str(place))
    _do(programs / "python", str(place / "manage.py"), "migrate", "--verbosity", "0")
    return {}


def wagtail(programs: Path, place: Path) -> dict[str, str]:
    """A fresh site with the home page that it comes with."""
    _do(programs / "wagtail", "start", "shop", str(place))
    _do(programs / "python", str(place / "manage.py"), "migrate", "--verbosity", "0")
    return {}


def trac(programs: Path, place: Path) -> dict[str, str]:
    """A fresh project with the wiki pages that it comes with."""
    _do(programs / "trac-admin", str(place / "project"), "initenv", "project", "sqlite:db/trac.db")
    return {"TRAC_ENV": str(place / "project")}


def radicale(programs: Path, place: Path) -> dict[str, str]:  # noqa: ARG001 - it has a program, and needs none
    """Without users, storing into the folder."""
    config = place / "radicale.conf"
    storage = place / "collections"
    config.write_text(f"[auth]\ntype = none\n[storage]\nfilesystem_folder = {storage}\n[logging]\nlevel = error\n")
    return {"RADICALE_CONFIG": str(config)}


APPS = {
    "httpbin": PublicApp(packages=("httpbin",), target="httpbin:app", path="/html"),
    "radicale": PublicApp(packages=("radicale",), target="radicale:application", path="/.web/", prepare=radicale),
    "django": PublicApp(
        packages=("django",),
        target="shop.wsgi:application",
        path="/admin/login/",
        prepare=django,
        same_bodies=False,
    ),
    "wagtail": PublicApp(
        packages=("wagtail",), target="shop.wsgi:application", path="/", prepare=wagtail, same_bodies=False
    ),
    "trac": PublicApp(
        packages=("trac", "setuptools"),
        target="trac.web.main:dispatch_request",
        path="/wiki/TracGuide",
        prepare=trac,
        same_bodies=False,
    ),
}


def environment(place: Path, packages: tuple[str, ...]) -> Path:
    """The interpreter of a new environment with these, from wheels alone.

    Raises:
        NotInstalledError: they cannot be had.
    """
    python = place / "bin" / "python"
    if uv := shutil.which("uv"):
        _do(uv, "venv", "--quiet", "--python", sys.executable, str(place))
        install = [uv, "pip", "install", "--quiet", "--python", str(python)]
    else:
        _do(sys.executable, "-m", "venv", str(place))
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "1"]
    done = subprocess.run(
        (*install, "--only-binary", ":all:", *packages), capture_output=True, text=True, check=False, timeout=900
    )
    if done.returncode:
        raise NotInstalledError(done.stderr.strip())
    return python


def measure(name: str, stacks: list[str], *, budget: str, rounds: int, seconds: int) -> dict[str, Any]:
    """All figures of one application, JSON ready."""
    app = APPS[name]
    with tempfile.TemporaryDirectory() as temporary:
        python = environment(Path(temporary, "venv"), (*app.packages, *SERVERS))
        place = Path(temporary, "app")
        place.mkdir()
        options = app.options(python, place, app.prepare(python.parent, place))
        asked = ["--path", app.path, "--budget", budget, "--bodies", "on" if app.same_bodies else "off"]
        found = run(stacks, [*options, *asked])
        rates = wrk_rates(stacks, options, found, path=app.path, rounds=rounds, seconds=seconds)
    return {"app": name, "packages": app.packages, "path": app.path, **told(found, parse_duration(budget), rates)}


def told(found: Measured, budget_s: float, wrk_found: dict[str, list[float]]) -> dict[str, Any]:
    """What is compared of a run and the rounds of wrk."""
    verdict = found.verdict
    ranking = next(each for each in verdict.rankings if each.objective == "throughput")
    middle = middles(wrk_found)
    return {
        "headline": headline(ranking),
        "settled_pairs": _settled(ranking),
        "pairs": len(ranking.comparisons),
        "blocks": verdict.blocks,
        "budget_s": budget_s,
        "wall_s": found.wall_s,
        "within_budget": found.wall_s <= budget_s * (1 + OVER_MOST),
        "not_counted": verdict.not_counted,
        "connections": found.connections,
        "cores": found.cores,
        "stacks": [
            {
                "stack": stack,
                "requests_per_s": (ours := found.rates.get(stack)),
                "wrk_requests_per_s": middle[stack],
                "wrk_rounds": wrk_found[stack],
                "ratio": ours / middle[stack] if ours else None,
            }
            for stack in wrk_found
        ],
    }


def _settled(ranking: Ranking) -> int:
    return sum(each.outcome.value != "undecided" for each in ranking.comparisons)


HEADER = f"| {'app':<9} | {'stack':<16} | {'here':>9} | {'wrk':>9} | {'here/wrk':>8} |\n|---|---|---|---|---|"


def lines(row: dict[str, Any]) -> list[str]:
    """The rows of the table for one application."""
    return [
        f"| {row['app']:<9} | {each['stack']:<16} | "
        + (f"{each['requests_per_s']:7,.0f}/s" if each["ratio"] else f"{'-':>9}")
        + f" | {each['wrk_requests_per_s']:7,.0f}/s | "
        + (f"{each['ratio']:8.3f} |" if each["ratio"] else f"{'-':>8} |")
        for each in row["stacks"]
    ]


def said(row: dict[str, Any]) -> str:
    """What the run came to."""
    used = f"{format_duration(row['wall_s'])} of {format_duration(row['budget_s'])}"
    failed = ", ".join(f"{reason} {count}" for reason, count in row["not_counted"].items()) or "none"
    return (
        f"{row['app']}: {row['headline']} {row['settled_pairs']} of {row['pairs']} pairs settled in {row['blocks']} "
        f"blocks, {used}; trials not counted: {failed}."
    )


def _do(*argv: str | Path) -> None:
    done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=300)
    if done.returncode:
        raise SystemExit(f"{argv[0]} ends with {done.returncode}:\n{done.stdout}{done.stderr}")


def main() -> None:
    """Measure, print tables, write JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--apps", nargs="+", choices=APPS, default=list(APPS), help="which (default: all five)")
    parser.add_argument("--stacks", nargs="+", default=list(STACKS), help=f"default: {' '.join(STACKS)}")
    parser.add_argument("--budget", default="90s", help="of each run (default: 90s)")
    parser.add_argument("--rounds", type=int, default=5, help="of wrk (default: 5)")
    parser.add_argument("--seconds", type=int, default=4, help="of wrk at each stack in each round (default: 4)")
    parser.add_argument("--out", type=Path, default=Path("results/real_apps.json"), help="where the JSON goes")
    arguments = parser.parse_args()
    wrk_binary()
    rows = []
    for name in arguments.apps:
        try:
            row = measure(
                name,
                arguments.stacks,
                budget=arguments.budget,
                rounds=arguments.rounds,
                seconds=arguments.seconds,
            )
        except NotInstalledError as exc:
            raise SystemExit(f"{name} cannot be installed:\n{exc}") from exc
        except BadAnswersError as exc:
            print(f"{name}: {exc}", flush=True)
            continue
        rows.append(row)
        print(said(row), flush=True)
    print("\n".join([HEADER, *(line for row in rows for line in lines(row))]))
    ratios = [each["ratio"] for row in rows for each in row["stacks"] if each["ratio"]]
    near = sum(abs(ratio - 1) <= NEAR for ratio in ratios)
    print(f"within 5 % of wrk: {near} of {sum(len(row['stacks']) for row in rows)}")
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(json.dumps(rows, indent=2))


if __name__ == "__main__":
    main()
