"""``surroundings`` for servers of ASGI."""

import surroundings

from wsgibench.contract.apps.asgi_of_wsgi import asgi

app = asgi(surroundings.app)
