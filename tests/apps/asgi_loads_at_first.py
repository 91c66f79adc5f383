"""``loads_at_first`` for servers of ASGI."""

import loads_at_first

from wsgibench.contract.apps.asgi_of_wsgi import asgi

app = asgi(loads_at_first.app)
