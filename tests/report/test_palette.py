"""Colours: seen against their background, and told apart by everyone."""

from itertools import combinations

import numpy as np
import pytest

from wsgibench.model.stack import parse_candidate, parse_stack
from wsgibench.proxies import PROXIES
from wsgibench.report.theme import THEMES, dashes_of, shapes_of, way_of
from wsgibench.servers import SERVERS

VISION = {
    "full": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
"""On linear RGB: Machado, Oliveira and Fernandes 2009, severity 1."""


def linear(colour):
    share = np.array([int(colour[heading_of : heading_of + 2], 16) for heading_of in (1, 3, 5)]) / 255
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def contrast(one, other):
    """WCAG 2.2."""
    dark, bright = sorted(float(linear(colour) @ [0.2126, 0.7152, 0.0722]) for colour in (one, other))
    return (bright + 0.05) / (dark + 0.05)


def oklab(rgb):
    """Ottosson 2020."""
    cones = np.array(
        [
            [0.4122214708, 0.5363325363, 0.0514459929],
            [0.2119034982, 0.6806995451, 0.1073969566],
            [0.0883024619, 0.2817188376, 0.6299787005],
        ]
    )
    lab = np.array(
        [
            [0.2104542553, 0.7936177850, -0.0040720468],
            [1.9779984951, -2.4285922050, 0.4505937099],
            [0.0259040371, 0.7827717662, -0.8086757660],
        ]
    )
    return lab @ np.cbrt(cones @ np.clip(rgb, 0, 1))


def distance(one, other):
    """The least over all kinds of vision; 0.02 is just noticed."""
    return min(
        np.linalg.norm(oklab(np.array(seen) @ linear(one)) - oklab(np.array(seen) @ linear(other)))
        for seen in VISION.values()
    )


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_lines_and_text_stand_out(theme):
    """Lines have a contrast of 3 to 1 against their background, text of 4.5 to 1."""
    assert min(contrast(colour, theme.background) for colour in theme.colours) >= 3
    assert min(contrast(colour, theme.background) for colour in (theme.ink, theme.muted)) >= 4.5


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_everyone_tells_colours_apart(theme):
    """No two colours come near each other with any kind of vision; the article's four servers least of all."""
    assert min(distance(*pair) for pair in combinations((*theme.colours, theme.muted), 2)) > 0.065
    assert min(distance(*pair) for pair in combinations(theme.colours[:4], 2)) > 0.11


def test_a_server_keeps_its_colour():
    """The article's servers look alike in every run, whatever else is in it."""
    theme = THEMES[0]
    some, many = theme.colours_of(["gunicorn"]), theme.colours_of(["aaa", "gunicorn", "zzz"])
    assert some["gunicorn"] == many["gunicorn"]
    assert len({many["aaa"], many["gunicorn"], many["zzz"]}) == 3


def test_every_server_here_looks_like_no_other():
    """In a run of all of them each line has its colour and dash, and each dot its colour and shape."""
    stacks = [parse_stack(name) for name in SERVERS.names()]
    ways = [way_of(stack, suffixed=False) for stack in stacks]
    for theme in THEMES:
        colours = theme.colours_of(stack.server for stack in stacks)
        for looks in (dashes_of(ways), shapes_of(ways)):
            seen = {(colours[stack.server], looks[way]) for stack, way in zip(stacks, ways, strict=True)}
            assert len(seen) == len(stacks)


@pytest.mark.parametrize("count", [1, 2, 12], ids=["one", "two", "a dozen"])
def test_servers_of_others_need_no_colours_of_their_own(count):
    """Beside all of ours each of their lines looks like no other, whatever they are called; no list here grows."""
    for pattern in ("a{}", "theirs-{}", "zz{}"):
        stacks = [parse_stack(name) for name in (*SERVERS.names(), *(pattern.format(index) for index in range(count)))]
        ways = [way_of(stack, suffixed=False) for stack in stacks]
        dashes = dashes_of(ways)
        for theme in THEMES:
            colours = theme.colours_of(stack.server for stack in stacks)
            assert len({(colours[stack.server], dashes[way]) for stack, way in zip(stacks, ways, strict=True)}) == len(
                stacks
            )


def test_servers_of_a_family_have_one_colour():
    """Those of the article have one each, and what others add has one that nobody else has in the run."""
    for theme in THEMES:
        colours = theme.colours_of([*SERVERS.names(), "theirs"])
        families = ("gunicorn", "granian", "uvicorn", "uwsgi", "uwsgi-http", "werkzeug")
        assert len({colours[name] for name in families}) == len(families)
        assert colours["gunicorn-gthread"] == colours["gunicorn-uvicorn"] == colours["gunicorn"]
        few = theme.colours_of(["gunicorn", "theirs"])
        assert few["theirs"] != few["gunicorn"]
        assert few["gunicorn"] == colours["gunicorn"]


def test_proxies_have_dashes_of_their_own():
    """direct is dotted, nginx solid, and others are neither."""
    dashes = dashes_of(["direct", "nginx", "caddy", "apache"])
    assert len(set(dashes.values())) == 4
    assert dashes["nginx"][1] == 0
    assert dashes["direct"][1] > 0


def test_every_proxy_here_has_a_look_of_its_own():
    """In a run of all of them no line looks like another."""
    ways = ("direct", *PROXIES.names())
    assert len(set(dashes_of(ways).values())) == len(set(shapes_of(ways).values())) == len(ways)


def test_variants_are_told_apart_by_more_than_colour():
    """A server has one colour, whichever variant it serves: dash and shape of each candidate are its own."""
    labels = [f"{stack}@{name}" for stack in ("gunicorn", "nginx+gunicorn") for name in ("old", "new")]
    ways = [parse_candidate(label).way for label in labels]
    for look_of in (dashes_of, shapes_of):
        looks = look_of(ways)
        assert len({looks[way] for way in ways}) == len(labels)


def test_in_runs_with_a_curve_suffixes_are_told_apart_by_dash_and_shape():
    """The lines of one server with several numbers of workers have one colour, and there one panel."""
    stacks = [parse_stack(name) for name in ("gunicorn:w1", "gunicorn:w2", "gunicorn:w4", "gunicorn-gthread:w2:t4")]
    for suffixed, count in ((True, 4), (False, 2)):
        ways = [way_of(stack, suffixed=suffixed) for stack in stacks]
        for look_of in (dashes_of, shapes_of):
            assert len({look_of(ways)[way] for way in ways}) == count
