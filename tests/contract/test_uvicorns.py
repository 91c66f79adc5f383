"""uvicorn by its own processes and uvicorn in gunicorn's are the same server, or a comparison is of their defaults."""

import json

import pytest

from support.serving import app_for
from wsgibench.contract.serving import server
from wsgibench.contract.started import send, wait_until_answers

FORWARDED = [("Host", "localhost"), ("X-Forwarded-For", "192.0.2.7"), ("X-Forwarded-Proto", "https")]


@pytest.mark.parametrize("proxied", [False, True], ids=["alone", "behind a proxy"])
@pytest.mark.parametrize("name", ["uvicorn", "gunicorn-uvicorn"])
def test_both_believe_the_one_proxy_and_do_no_more_than_that(name: str, *, proxied: bool) -> None:
    """Without one, nothing stands between server and app that looks at such headers; neither serves WebSockets."""
    with server(name, app_for(name, "told:app"), workers=1, proxied=proxied) as served:
        wait_until_answers(served.server, served.address, within_s=20)
        seen = json.loads(send(served.address, headers=FORWARDED).body)
    told = {"scheme": "https", "client": "192.0.2.7"} if proxied else {"scheme": "http", "client": "127.0.0.1"}
    assert seen == {**told, "believes": proxied, "websockets": []}
