"""Who is wrong, where stacks answer differently; and who is not."""

import itertools
import random
from collections.abc import Callable, Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsgibench.analysis.gates import check_bodies
from wsgibench.bench.bodies.comparing import Comparison
from wsgibench.bench.bodies.judging import Body, Outcome, judge
from wsgibench.bench.bodies.known import Known
from wsgibench.bench.bodies.sending_again import TIMES
from wsgibench.model.answers import ComparedBodies, Disputed, WrongBody, checksum_of

STACKS = ("a", "b", "c")
Says = Callable[[str, str], str]
"""From a stack and a path to a body."""


def in_turn(said: Mapping[str, str]) -> list[tuple[str, Body]]:
    """A body of each letter, of each stack in turn."""
    rounds = itertools.zip_longest(*([(stack, letter) for letter in text] for stack, text in said.items()))
    return [(each[0], Body.of(each[1].encode())) for each in itertools.chain.from_iterable(rounds) if each]


def in_order(said: str) -> list[tuple[str, Body]]:
    """As in ``"a:x b:x"``."""
    return [(stack, Body.of(body.encode())) for stack, _, body in (word.partition(":") for word in said.split())]


@pytest.mark.parametrize(
    ("again", "outcome", "wrong", "unsteady"),
    [
        ({"a": "xxx", "b": "xxx", "c": "xxx"}, Outcome.AGREED, "", ""),
        ({"a": "yyy", "b": "xxx", "c": "xxx"}, Outcome.WRONG, "a", ""),
        ({"a": "xxx", "b": "yyy", "c": "xxx"}, Outcome.WRONG, "b", ""),
        ({"a": "xxx", "b": "xxx", "c": "yyy"}, Outcome.WRONG, "c", ""),
        ({"a": "xxx", "b": "yyy"}, Outcome.SPLIT, "ab", ""),
        ({"a": "xxx", "b": "xxx", "c": "yyy", "d": "yyy"}, Outcome.SPLIT, "abcd", ""),
        ({"a": "xxx", "b": "yyy", "c": "zzz"}, Outcome.SPLIT, "abc", ""),
        ({"a": "xyz", "b": "uvw", "c": "rst"}, Outcome.VARIES, "", ""),
        ({"a": "xyx", "b": "xxx"}, Outcome.VARIES, "", ""),
        ({"a": "xyx", "b": "xxx", "c": "xxx"}, Outcome.AGREED, "", "a"),
        ({"a": "yyx", "b": "xxx", "c": "xxx"}, Outcome.AGREED, "", ""),
        ({"a": "yxx", "b": "yxx", "c": "yxx"}, Outcome.VARIES, "", ""),
        ({"a": "", "b": "xxx", "c": "xxx"}, Outcome.AGREED, "", ""),
        ({"a": "", "b": ""}, Outcome.UNKNOWN, "", ""),
        ({"a": "xxx"}, Outcome.AGREED, "", ""),
        ({"a": "xyx"}, Outcome.VARIES, "", ""),
    ],
)
def test_the_majority_is_right(again: dict[str, str], outcome: Outcome, wrong: str, unsteady: str) -> None:
    """Whoever came first; where there is none, nobody is; and a page that changed once is no one's fault."""
    judgement = judge(in_turn(again))
    assert (judgement.outcome, "".join(judgement.wrong)) == (outcome, wrong)
    assert judgement.unsteady.keys() == set(unsteady)


@pytest.mark.parametrize(
    ("again", "outcome"),
    [
        ({"a": "xxx", "b": "---", "c": "---"}, Outcome.UNKNOWN),
        ({"a": "---", "b": "xxx"}, Outcome.UNKNOWN),
        ({"a": "---", "b": "---"}, Outcome.UNKNOWN),
        ({"a": "xyx", "b": "---", "c": "---"}, Outcome.UNKNOWN),
        ({"a": "xxx", "b": "xxx", "c": "---"}, Outcome.AGREED),
        ({"a": "xxx", "b": "x-x", "c": "---"}, Outcome.AGREED),
        ({"a": "xxx", "b": "xxx", "c": "---", "d": "---"}, Outcome.UNKNOWN),
        ({"a": "xxx", "b": "xxx", "c": "yyy", "d": "---"}, Outcome.SPLIT),
        ({"a": "xxx", "b": "xxx", "c": "yyy", "d": "---", "e": "xxx"}, Outcome.WRONG),
        ({"a": "xyx", "b": "yxy", "c": "---"}, Outcome.VARIES),
    ],
)
def test_who_keeps_silent_is_one_of_those_that_were_asked(again: dict[str, str], outcome: Outcome) -> None:
    """So the word of a minority is never that of all, and nobody else's answer is held against it."""
    judgement = judge([(stack, None if body == Body.of(b"-") else body) for stack, body in in_turn(again)])
    assert judgement.outcome is outcome
    assert (judgement.right is None) is (outcome not in {Outcome.AGREED, Outcome.WRONG})


def test_a_liar_that_alone_answers_again_is_not_right() -> None:
    """The honest fail when they are asked again: they are not blamed, and what was known of the path stays."""
    known, right = Known(STACKS), checksum_of(b"right")
    known.add("b", {"/": right})
    comparison = Comparison(known)
    comparison.add_together({"a": {"/": checksum_of(b"wrong")}, "b": {"/": right}, "c": {"/": right}})
    comparison.settle(lambda _: [(stack, Body.of(b"wrong") if stack == "a" else None) for stack in STACKS * TIMES])
    comparison.conclude()
    assert not comparison.wrong
    assert known.of_others("a", ["/"]) == {"/": right}


@pytest.mark.parametrize(
    "again",
    [
        "a:x b:x c:x a:x b:x c:x a:x b:x c:y",  # it changed between the last two
        "a:x b:x c:x d:x e:x a:x b:x c:x d:y e:y",
        "a:x b:y c:y a:y b:y c:y",  # between the first two
        "a:x b:x c:y c:y c:y",  # the others answered only once
        "a:x b:y b:y",
        "a:x a:x b:y b:y c:z c:z",
    ],
)
def test_an_answer_that_no_right_one_follows_proves_nothing(again: str) -> None:
    """Whatever changes once, at any moment, between any two requests, is nobody's fault."""
    judgement = judge(in_order(again))
    assert not judgement.wrong
    assert not judgement.unsteady


@given(st.integers(2, 6), st.integers(2, 8), st.data())
def test_a_page_that_changes_while_it_is_asked_for_is_nobodys_fault(
    stacks: int, times: int, data: st.DataObject
) -> None:
    """However often: it never changes back."""
    order = [stack for _ in range(times) for stack in "abcdef"[:stacks] if data.draw(st.booleans(), "it answers")]
    changes = data.draw(st.lists(st.integers(0, len(order)), max_size=4))
    again = [(stack, Body.of(b"%d" % sum(place >= at for at in changes))) for place, stack in enumerate(order)]
    judgement = judge(again)
    assert not judgement.wrong
    assert not judgement.unsteady


@given(st.permutations("abcde"), st.sets(st.sampled_from("abcde"), max_size=2))
def test_who_is_wrong_does_not_depend_on_the_order(order: list[str], liars: set[str]) -> None:
    judgement = judge(in_turn({stack: "yyy" if stack in liars else "xxx" for stack in order}))
    assert judgement.wrong.keys() == liars


class Site:
    """Stacks that answer as a function says, and a comparison of what they answer to a load."""

    def __init__(self, says: Says, stacks: Sequence[str] = STACKS) -> None:
        self.says = says
        self.stacks = stacks
        self.known = Known(stacks)
        self.asked_again = 0

    def block(self, paths: Sequence[str]) -> Comparison:
        """Ask every stack for all paths, as an engine does that notes the first body of each, and conclude."""
        comparison, first = Comparison(self.known), dict[str, int]()
        for stack in self.stacks:
            table = {}
            for path in paths:
                body = self.says(stack, path)
                checksum = table.setdefault(path, checksum_of(body.encode()))
                if first.setdefault(path, checksum) != checksum:
                    comparison.dispute(stack, [Disputed(path=path, checksum=checksum, before=first[path], body=body)])
            comparison.add(stack, table)
        while comparison.is_open:
            comparison.settle(self.send_again)
        comparison.conclude()
        return comparison

    def send_again(self, path: str) -> Sequence[tuple[str, Body]]:
        self.asked_again += 1
        order = itertools.product(range(TIMES), self.stacks)
        return [(stack, Body.of(self.says(stack, path).encode())) for _, stack in order]


def blamed(comparison: Comparison, stacks: Sequence[str] = STACKS) -> set[str]:
    return {stack for stack in stacks if not all(gate.passed for gate in check_bodies(comparison.of(stack)))}


PATHS = [f"/{number}" for number in range(1, 8559)]


@pytest.mark.parametrize("liar", STACKS)
@pytest.mark.parametrize("one_in", [200, 1000, 8000])
def test_one_wrong_page_is_enough(liar: str, one_in: int) -> None:
    """Whichever stack it is, and whenever it was asked."""

    def says(stack: str, path: str) -> str:
        return "Database is down" if stack == liar and int(path[1:]) % one_in == 0 else f"page {path}"

    comparison = Site(says).block(PATHS)
    assert blamed(comparison) == {liar}
    found = comparison.of(liar)
    assert (found.asked, found.compared, found.differing) == (8558, 8558, 8558 // one_in)
    [first, *_] = found.wrong
    assert first.wrong == "Database is down"
    assert first.right == f"page {first.path}"
    assert set(first.agreeing) == set(STACKS) - {liar}


def test_two_that_contradict_each_other_are_both_named() -> None:
    """Nobody knows who is right, and both do not count."""
    comparison = Site(lambda stack, path: f"{stack} {path}", "ab").block(PATHS[:50])
    assert blamed(comparison, "ab") == {"a", "b"}
    split = comparison.of("a").split
    assert split is not None
    assert (split.wrong[0], split.right[0], split.agreeing) == ("a", "b", ("b",))


def test_bodies_that_vary_by_nature_are_not_blamed() -> None:
    """A number that is never the same twice; asking again soon ends."""
    numbers = itertools.count()
    site = Site(lambda _stack, path: f"{path} {next(numbers)}")
    assert blamed(site.block(PATHS)) == set()
    assert site.asked_again <= 12


@pytest.mark.parametrize("every", [7, 1000, 20_000])
def test_bodies_that_vary_slowly_are_not_blamed(every: int) -> None:
    """ "18 minutes ago": the same for a time for all, then another; whenever it changes."""
    clock = itertools.count()
    assert blamed(Site(lambda _stack, path: f"{path} {next(clock) // every} minutes ago").block(PATHS[:2000])) == set()


def test_a_liar_among_pages_of_which_some_vary_is_still_named() -> None:
    numbers = itertools.count()

    def says(stack: str, path: str) -> str:
        if int(path[1:]) % 100 == 1:
            return f"now {next(numbers)}"
        return "wrong" if stack == "b" and int(path[1:]) % 20 == 0 else path

    assert blamed(Site(says).block(PATHS[:2000])) == {"b"}


@pytest.mark.parametrize("liar", STACKS[1:])
def test_wrong_answers_under_load_alone_are_blamed(liar: str) -> None:
    """Empty while it was overloaded, right when it is asked again: others said before what it and all say now."""
    draw = random.Random(1)
    loaded = True

    def says(stack: str, path: str) -> str:
        return "" if stack == liar and loaded and draw.random() < 0.02 else path

    site = Site(says)
    comparison = Comparison(site.known)
    for stack in STACKS:
        answers = {path: says(stack, path) for path in PATHS[:2000]}
        wrong = [path for path, body in answers.items() if body != path]
        comparison.dispute(
            stack,
            [Disputed(path=path, checksum=checksum_of(b""), before=checksum_of(path.encode())) for path in wrong[:8]],
        )
        comparison.add(stack, {path: checksum_of(body.encode()) for path, body in answers.items()})
    loaded = False
    while comparison.is_open:
        comparison.settle(site.send_again)
    comparison.conclude()
    assert blamed(comparison) == {liar}


def test_a_stack_that_turns_wrong_in_a_later_block_is_named() -> None:
    """Also where no other stack was asked for the page in that block."""
    turned = False

    def says(stack: str, path: str) -> str:
        return "wrong" if turned and stack == "c" and path == "/7" else path

    site = Site(says)
    assert blamed(site.block(PATHS[:10])) == set()
    turned = True
    comparison = Comparison(site.known)
    comparison.add("c", {"/7": checksum_of(b"wrong")})
    while comparison.is_open:
        comparison.settle(site.send_again)
    comparison.conclude()
    assert blamed(comparison) == {"c"}


def test_stacks_that_were_asked_for_other_pages_do_not_count() -> None:
    """What was compared with nothing is not known to be right."""
    comparison = Comparison(Known(STACKS))
    for place, stack in enumerate(STACKS):
        comparison.add(stack, dict.fromkeys(PATHS[place * 1000 : place * 1000 + 1010], 1))
    comparison.conclude()
    assert [comparison.of(stack).compared for stack in STACKS] == [10, 20, 10]
    assert blamed(comparison) == set(STACKS)


@pytest.mark.parametrize(("among", "blames_all"), [(200_000, False), (4_000, True)])
def test_where_stacks_are_asked_at_rates_of_their_own_as_much_is_expected_as_chance_makes(among, blames_all) -> None:
    """Of 1,010 paths among 200,000 ten or so are alike by chance; among 4,000 it would be 250, and there are ten."""
    comparison = Comparison(Known(STACKS), by_chance_among=among)
    for place, stack in enumerate(STACKS):
        comparison.add(stack, dict.fromkeys(PATHS[place * 1000 : place * 1000 + 1010], 1))
    comparison.conclude()
    assert blamed(comparison) == (set(STACKS) if blames_all else set())


def test_one_stack_alone_is_compared_with_nobody() -> None:
    comparison = Site(lambda _, path: path, ["a"]).block(PATHS[:10])
    assert blamed(comparison, ["a"]) == set()
    assert comparison.of("a").compared == 0


WRONG = WrongBody(path="/7", wrong="no", right="yes", agreeing=("a",))
SAID = "it answered '/7' with 'no' where 'a' says 'yes'."


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (ComparedBodies(asked=9, compared=9), "All 9 paths that were compared were answered as by other stacks."),
        (ComparedBodies(asked=9, compared=0), "No other stack was asked for the same paths."),
        (
            ComparedBodies(asked=9, compared=9, differing=2, wrong=(WRONG,)),
            f"2 of 9 paths were answered otherwise than by other stacks: {SAID}",
        ),
        (ComparedBodies(asked=0, compared=0, wrong=(WRONG,)), SAID.replace("it", "It", 1)),
        (
            ComparedBodies(asked=9, compared=9, wrong=(WRONG,), shown_in=3),
            f"Shown in block 3: {SAID}",
        ),
        (
            ComparedBodies(asked=0, compared=0, split=WRONG),
            "Nobody knows who is right: it answered '/7' with 'no' where 'a' says 'yes'.",
        ),
    ],
    ids=["right", "alone", "wrong", "before the load", "in a later block", "split"],
)
def test_what_was_compared_is_what_is_said(found: ComparedBodies, said: str) -> None:
    [same, *_] = check_bodies(found)
    assert same.cause == said


def test_what_a_body_says_cannot_command_the_terminal() -> None:
    """Nor is it longer than a line."""
    wrong = WrongBody(path="/\x1b[2J", wrong="\x1b]0;owned\x07\n" * 50, right="<b>", agreeing=("a",))
    [same, *_] = check_bodies(ComparedBodies(asked=1, compared=1, wrong=(wrong,)))
    assert same.cause.isprintable()
    assert len(same.cause) < 500


def test_what_an_app_was_given_is_not_in_what_is_kept() -> None:
    """A page may show a header or a setting; the record has neither."""
    comparison = Comparison(Known(STACKS), lambda text: text.replace("t0ken", "(left out)"))
    for stack in STACKS:
        comparison.add(stack, {"/": checksum_of(stack[:1].encode() if stack == "c" else b"same")})
    says = {"a": b"same t0ken", "b": b"same t0ken", "c": b"other t0ken"}
    comparison.settle(lambda _: [(stack, Body.of(says[stack])) for stack in STACKS * 2])
    comparison.conclude()
    [wrong] = comparison.of("c").wrong
    assert (wrong.wrong, wrong.right) == ("other (left out)", "same (left out)")


def one_after_another(site: Site, comparison: Comparison) -> None:
    """Ask again where only one stack can be up at a time: each several times, and then each again."""
    answers: dict[str, list[tuple[str, Body]]] = {path: [] for path in comparison.paths_to_ask()}
    for stack in (*site.stacks, *site.stacks):
        for path, answered in answers.items():
            answered += [(stack, Body.of(site.says(stack, path).encode())) for _ in range(TIMES)]
    comparison.settle(lambda path: answers[path], at_once=len(answers))


@pytest.mark.parametrize("liar", STACKS)
def test_who_lies_is_found_where_only_one_can_be_up(liar: str) -> None:
    site = Site(lambda stack, path: "down" if stack == liar else path)
    comparison = gathered(site)
    one_after_another(site, comparison)
    comparison.conclude()
    assert blamed(comparison) == {liar}


@pytest.mark.parametrize("every", [1, 30, 500, 1000, 1500])
def test_what_changes_is_nobodys_fault_where_only_one_can_be_up(every: int) -> None:
    """Whether it does at each request, or once or twice while all are started and asked again."""
    clock = itertools.count()
    site = Site(lambda _stack, path: f"{path} {next(clock) // every} minutes ago")
    comparison = gathered(site)
    one_after_another(site, comparison)
    comparison.conclude()
    assert blamed(comparison) == set()


def gathered(site: Site, paths: Sequence[str] = tuple(f"/{number}" for number in range(1, 51))) -> Comparison:
    """What the stacks answer, with nothing asked again yet."""
    comparison = Comparison(site.known)
    for stack in site.stacks:
        comparison.add(stack, {path: checksum_of(site.says(stack, path).encode()) for path in paths})
    return comparison


def nobody_answers(_path: str) -> Sequence[tuple[str, Body]]:
    return ()


@pytest.mark.parametrize("times", [0, 9], ids=["nobody is asked", "nobody answers"])
def test_what_could_not_be_asked_again_is_not_called_nature(times: int) -> None:
    """And no stack counts that it may have been."""
    comparison = gathered(Site(lambda stack, path: "down" if stack == "b" else path))
    for _ in range(times):
        comparison.settle(nobody_answers)
    comparison.conclude()
    assert blamed(comparison) == set(STACKS)
    for stack in STACKS:
        gates = {gate.name: gate for gate in check_bodies(comparison.of(stack))}
        assert gates["same-bodies"].passed
        assert "nature" not in gates["same-bodies"].cause
        assert "could not be asked again: who is right is not known." in gates["compared-bodies"].cause


def test_nature_is_what_asking_again_has_shown() -> None:
    numbers = itertools.count()
    comparison = Site(lambda _stack, path: f"{path} {next(numbers)}").block(PATHS[:50])
    [same, compared] = check_bodies(comparison.of("a"))
    assert (same.passed, compared.passed) == (True, True)
    assert same.cause == (
        "50 of 50 paths were answered otherwise than by other stacks, which is their nature as far as they were asked "
        "again (6 paths)."
    )


@pytest.mark.parametrize("liar", STACKS)
@pytest.mark.parametrize("disputes", ["of a load", "of tables"])
def test_who_lies_of_one_page_in_200_is_found_where_each_changes_slowly(
    liar: str, disputes: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All pages were asked for at another minute of each stack, so that all of them are disputed."""
    # How fast this machine asks again is another matter.
    monkeypatch.setattr("wsgibench.bench.bodies.comparing._CHANGED_MOST_S", 60.0)
    minutes = {stack: number for number, stack in enumerate(STACKS)}

    def says(stack: str, path: str) -> str:
        is_lie = stack == liar and int(path[1:]) % 200 == 100
        return "Database is down" if is_lie else f"{path}, {minutes[stack]} minutes ago"

    site = Site(says)
    comparison = gathered(site, PATHS[:200]) if disputes == "of tables" else loaded(site, PATHS[:200])
    minutes = dict.fromkeys(STACKS, 7)
    while comparison.is_open:
        comparison.settle(site.send_again)
    comparison.conclude()
    assert blamed(comparison) == {liar}


def loaded(site: Site, paths: Sequence[str]) -> Comparison:
    """What the stacks answer, as an engine tells what it finds to differ, with nothing asked again yet."""
    comparison = gathered(site, ())
    for stack in site.stacks[1:]:
        bodies = {path: site.says(stack, path) for path in paths}
        comparison.dispute(
            stack,
            [Disputed(path=path, checksum=checksum_of(body.encode()), body=body) for path, body in bodies.items()],
        )
    return comparison
