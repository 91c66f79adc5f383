"""``surroundings`` for servers of ASGI."""

import surroundings
from asgi_of_wsgi import asgi

app = asgi(surroundings.app)
