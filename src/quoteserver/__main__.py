"""``python -m quoteserver``: the same as the command ``quoteserver``."""

from quoteserver.cli import main

main()
