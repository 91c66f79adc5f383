"""What a WSGI server imports: ``quoteserver.wsgi:app``."""

from quoteserver import create_app

app = create_app()
