"""What an ASGI server imports: ``quoteserver.asgi:app``."""

from quoteserver.starlette_app import build

app = build()
