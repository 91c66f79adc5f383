"""The package index, which not every machine reaches."""

import re

NO_INDEX = re.compile(
    r"No matching distribution|from versions: none|connection|Connection|Network|dns error|resolve host"
)
"""What pip and uv say where there is none."""
