"""How long an answer takes while nobody else asks, which is seen before a curve and after it."""

from support.answering import answering, fixed, response
from wsgibench.bench.warmup import answer_alone_s
from wsgibench.model.address import Tcp
from wsgibench.model.load import Requests


def test_it_is_the_slowest_templates_typical_answer():
    """However few there are in the time."""
    with answering(fixed(response(), delay_s=0.05)) as server:
        assert answer_alone_s(Tcp(port=server.port), Requests(paths=("/", "/a")), [["/"], ["/a", "/b"]]) >= 0.05


def test_it_is_not_known_of_what_does_not_answer():
    """Missing, and not 0."""
    with answering(fixed(b"", go_on=False)) as server:
        assert answer_alone_s(Tcp(port=server.port), Requests(paths=("/",)), [["/"]]) is None
