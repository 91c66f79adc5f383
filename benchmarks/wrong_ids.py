"""How often a stack is found out that answers one id in 200, 1,000 or 8,000 wrongly.

By arithmetic: runs of the quick profile, in which every load asks for what the engines' order of paths gives it. The
liar is found where it was asked for one of the wrong ids, and another stack was, too. Held against ids that are drawn
at random for each load, the same for all stacks. With --real also by real runs, one for each share of wrong ids: three
stacks of tests/apps/liar.py, of which one lies. Prints tables, writes results/wrong_ids.json, and exits with 1 where a
real liar was not named.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt

from wsgibench.engines._paths import PathOrder
from wsgibench.model.load import Requests

APPS = Path(__file__).parents[1] / "tests" / "apps"
RESULT = Path(__file__).parents[1] / "results" / "wrong_ids.json"
ONE_IN = (200, 1_000, 8_000)
IDS = (8_558, 900_000)
TURNS, TURN_S = 8, 0.23
"""Of each of two loads in each block of the quick profile: two of them warm up, each with its lead."""
STEADY_SHARE = 0.5
"""Of what the slowest stack bears."""
RATES_PER_S = ((600, 3_000), (3_000, 600), (3_000, 3_000))
"""What the liar bears, and what both others bear."""

Ids = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Found:
    """In which share of the runs the liar was found.

    Attributes:
        compared: different ids that were asked of the liar and of another stack, on average.
    """

    ids: int
    liar_per_s: float
    others_per_s: float
    one_in: int
    blocks: int
    compared: float
    share: float
    share_at_random: float


Draws = list[Ids]
"""What each load asks for, as far as the quickest comes."""
MOST = round(TURN_S * max(map(max, RATES_PER_S)))


def in_order(ids: int, seed: int, blocks: int) -> Draws:
    """As the engines ask."""
    order = PathOrder(Requests(paths=("/{id}",), first_id=1, last_id=ids), seed)
    places = (islice(order.begin(place), MOST) for place in range(2 * TURNS * blocks))
    return [np.array([number for _, number, _ in drawn]) for drawn in places]


def at_random(ids: int, seed: int, blocks: int) -> Draws:
    """With replacement."""
    draw = np.random.default_rng(seed)
    return [draw.integers(1, ids, size=MOST, endpoint=True) for _ in range(2 * TURNS * blocks)]


def asked(draws: Draws, bears_per_s: float, slowest_per_s: float) -> Ids:
    """What a stack is asked for that bears so much, beside one that bears the least."""
    rates_per_s = TURNS * [STEADY_SHARE * slowest_per_s] + TURNS * [bears_per_s]
    return np.concatenate(
        [drawn[: round(TURN_S * rates_per_s[place % (2 * TURNS)])] for place, drawn in enumerate(draws)]
    )


def simulated(ids: int, runs: int, blocks: int) -> Iterator[Found]:
    """All rates and liars, of so many runs each. Which ids are wrong is drawn for each run, one in so many."""
    ways = {in_order: "share", at_random: "share_at_random"}
    found = {(rates, one_in, way): 0 for rates in RATES_PER_S for one_in in ONE_IN for way in ways}
    compared = dict.fromkeys(RATES_PER_S, 0)
    for seed in range(runs):
        wrong = np.random.default_rng((seed, ids)).integers(ONE_IN)
        for way in ways:
            draws = way(ids, seed, blocks)
            for rates in RATES_PER_S:
                mine, others = np.zeros((2, ids + 1), np.bool_)
                for of_whom, bears_per_s in zip((mine, others), rates, strict=True):
                    of_whom[asked(draws, bears_per_s, min(rates))] = True
                both = mine & others
                compared[rates] += int(both.sum()) * (way is in_order)
                for one_in, which in zip(ONE_IN, wrong, strict=True):
                    found[rates, one_in, way] += bool(both[which::one_in].any())
    for rates in RATES_PER_S:
        for one_in in ONE_IN:
            shares = {name: found[rates, one_in, way] / runs for way, name in ways.items()}
            yield Found(
                ids=ids,
                liar_per_s=rates[0],
                others_per_s=rates[1],
                one_in=one_in,
                blocks=blocks,
                compared=compared[rates] / runs,
                **shares,
            )


def named_by_a_run(one_in: int, ids: int, budget: str) -> dict[str, object]:
    """A run of three stacks one of which lies: whom its gates name, and what it says of bodies."""
    with tempfile.TemporaryDirectory() as out:
        app = ("--app", "liar:app", "--chdir", str(APPS), "--path", "/{id}", "--ids", f"1..{ids}")
        lies = ("--env", "LIAR=waitress", "--env", f"ONE_IN={one_in}")
        argv = ("run", "gunicorn", "waitress", "werkzeug", *app, *lies, "--out", out, "--budget", budget)
        ended = subprocess.run(
            (sys.executable, "-m", "wsgibench", *argv, "--pictures", "off", "--other-cpu", "100%"),
            capture_output=True,
            text=True,
            check=False,
        )
        trials = [json.loads(path.read_bytes()) for path in sorted(Path(out).glob("*/trials/*/trial.json"))]
    lied = [each for each in trials if any(g["name"] == "same-bodies" and not g["passed"] for g in each["gates"])]
    said = " ".join((ended.stdout + ended.stderr).split())
    return {
        "ids": ids,
        "one_in": one_in,
        "blocks": max((each["block"] for each in trials), default=0),
        "named": sorted({each["stack"]["server"] for each in lied}),
        "in_run": max((each["bodies"]["in_run"] or 0 for each in trials if each["bodies"]), default=0),
        "bodies": next((f"Bodies: {part.split('.')[0]}" for part in said.split("Bodies: ")[1:]), ""),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=2000, help="simulated, of each scenario")
    parser.add_argument("--blocks", type=int, default=5)
    parser.add_argument("--real", action="store_true")
    parser.add_argument("--budget", default="150s", help="of each real run")
    arguments = parser.parse_args()
    rows = []
    print(f"{'ids':>8} {'liar':>7} {'others':>8} {'compared':>9}  {'one in':>6}  {'found':>7}  at random")
    for ids in IDS:
        for row in simulated(ids, arguments.runs, arguments.blocks):
            rows.append(row)
            print(
                f"{row.ids:>8,} {row.liar_per_s:>5,}/s {row.others_per_s:>6,}/s {row.compared:>9,.0f}  "
                f"{row.one_in:>6,}  {row.share:>7.1%}  {row.share_at_random:>8.1%}",
                flush=True,
            )
    real = []
    for one_in in ONE_IN if arguments.real else ():
        real.append(named_by_a_run(one_in, IDS[0], arguments.budget))
        print(real[-1], flush=True)
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps({"simulated": [asdict(row) for row in rows], "real": real}, indent=1) + "\n")
    sys.exit(any(row["named"] != ["waitress"] for row in real))


if __name__ == "__main__":
    main()
