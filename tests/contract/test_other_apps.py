"""Apps that are not ours under every server that can serve them, from the tests' own environment.

The short form of test_frameworks.py.
"""

import pytest

from support.serving import app_for
from wsgibench.contract.choice import each
from wsgibench.contract.serving import stack
from wsgibench.contract.started import send
from wsgibench.servers import SERVERS


@pytest.mark.parametrize(
    ("target", "body"),
    [("djangosite.wsgi:application", b"hello from django"), ("flaskfactory:create_app()", b"hello from tests")],
)
@pytest.mark.parametrize("name", each(SERVERS.names()))
def test_it_serves_apps_that_are_not_ours(name: str, target: str, body: bytes) -> None:
    """A Django project and a Flask factory run as they are, with the environment they are given."""
    if target.startswith("flask") and SERVERS.get(name).interface == "asgi":
        pytest.skip("Flask is for WSGI")
    with stack(name, app_for(name, target), env={"GREETER": "tests"}) as served:
        assert send(served.address).body == body
