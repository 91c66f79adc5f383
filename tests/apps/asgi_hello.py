"""``hello`` for servers of ASGI."""

import hello

from wsgibench.contract.apps.asgi_of_wsgi import asgi

app = asgi(hello.app)
