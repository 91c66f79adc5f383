"""``python -m wsgibench``: the same as the command ``wsgibench``."""

from wsgibench.cli.main import main

main()
