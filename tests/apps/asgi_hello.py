"""``hello`` for servers of ASGI."""

import hello
from asgi_of_wsgi import asgi

app = asgi(hello.app)
