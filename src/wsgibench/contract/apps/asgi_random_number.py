"""``random_number`` for servers of ASGI."""

import random_number
from asgi_of_wsgi import asgi

app = asgi(random_number.app)
